-- Made by `make dbt-sql` from the dbt package in dbt/: change that, not this file.
-- The tables of Kondado's Movidesk integration, by its names of tables and columns.
-- Order: 0_seeds.sql, 1_staging.sql, 2_marts.sql, and 3_kondado.sql where SQL written for Kondado shall go on working.
-- The destination's tables are taken from the schema `raw`; where yours is another, replace `raw.` by its name.

CREATE OR REPLACE VIEW movidesk_persons AS
select
    id as id,
    cast(person_type as varchar) as persontype,
    classification as classification,
    boss_name as bossname,
    culture_id as cultureid,
    cpf_cnpj as cpfcnpj,
    role as role,
    observations as observations,
    cast(profile_type as varchar) as profiletype,
    time_zone_id as timezoneid,
    code_reference_additional as codereferenceadditional,
    created_by as createdby,
    created_date as createddate,
    boss_id as bossid,
    is_active as isactive,
    user_name as username,
    changed_by as changedby,
    authenticate_on as authenticateon,
    access_profile as accessprofile,
    changed_date as changeddate,
    business_name as businessname,
    corporate_name as corporatename
from stg_movidesk__persons;

CREATE OR REPLACE VIEW movidesk_survey_questions AS
select
    id as id,
    cast(type as float) as type,
    is_active as isactive
from stg_movidesk__survey_questions;

CREATE OR REPLACE VIEW movidesk_survey_questions__languages AS
select
    question_id as question_id,  -- low confidence
    culture_id as cultureid,
    description as description
from stg_movidesk__survey_question_languages;

CREATE OR REPLACE VIEW movidesk_survey_responses AS
-- The name of the table: medium confidence
select
    id as id,
    question_id as questionid,
    response_date as responsedate,
    cast(value as float) as value,
    commentary as commentary,
    cast(ticket_id as float) as ticketid,
    cast(type as float) as type,
    client_id as clientid
from stg_movidesk__survey_responses;

CREATE OR REPLACE VIEW movidesk_tickets AS
-- The name of the table: medium confidence
select
    cast(id as varchar) as id,
    protocol as protocol,
    cast(origin as varchar) as origin,
    cc as cc,
    sla_solution_changed_by_user as slasolutionchangedbyuser,
    owner_id as owner,  -- medium confidence
    is_deleted as isdeleted,
    cast(chat_talk_time as float) as chattalktime,
    sla_solution_date as slasolutiondate,
    movidesk_ticket_number as movideskticketnumber,  -- low confidence: may be movideskTicketNumber or canceledIn
    cast(redmine_issue_id as varchar) as redmineissueid,
    closed_in as closedin,
    cast(sla_solution_time as float) as slasolutiontime,
    cast(type as varchar) as type,
    chat_widget as chatwidget,
    sla_agreement as slaagreement,
    created_by_id as createdby,  -- low confidence: may be createdBy.id or linkedToIntegratedTicketNumber
    created_date as createddate,
    cast(action_count as float) as actioncount,
    service_first_level as servicefirstlevel,
    cast(service_full as varchar) as servicefull,
    cast(tags as varchar) as tags,
    cast(sequence as varchar) as sequence,
    cast(sla_response_time as float) as slaresponsetime,
    jira_issue_key as jiraissuekey,
    service_third_level as servicethirdlevel,
    resolved_in as resolvedin,
    last_action_date as lastactiondate,
    cast(chat_waiting_time as float) as chatwaitingtime,
    subject as subject,
    category as category,
    sla_response_date as slaresponsedate,
    sla_agreement_rule as slaagreementrule,
    reopened_in as reopenedin,
    cast(service_first_level_id as varchar) as servicefirstlevelid,
    cast(life_time_working_time as float) as lifetimeworkingtime,
    sla_solution_date_is_paused as slasolutiondateispaused,
    cast(stopped_time as float) as stoppedtime,
    base_status as basestatus,
    status as status,
    last_update as lastupdate,
    justification as justification,
    sla_real_response_date as slarealresponsedate,
    origin_email_account as originemailaccount,
    chat_group as chatgroup,
    owner_team as ownerteam,
    contact_form as contactform,
    cast(stopped_time_working_time as float) as stoppedtimeworkingtime,
    resolved_in_first_call as resolvedinfirstcall,
    service_second_level as servicesecondlevel,
    urgency as urgency
from stg_movidesk__tickets;

CREATE OR REPLACE VIEW movidesk_customfieldvalues AS
select
    cast(ticket_id as varchar) as ticket_id,  -- medium confidence
    last_update as lastupdate,
    cast(line as float) as line,
    cast(custom_field_rule_id as varchar) as customfieldruleid,
    cast(custom_field_id as varchar) as customfieldid,
    value as value
from stg_movidesk__ticket_custom_field_values;

CREATE OR REPLACE VIEW movidesk_customfieldvalues__items AS
select
    cast(ticket_id as varchar) as ticket_id,  -- low confidence
    cast(custom_field_id as varchar) as customfieldid,  -- low confidence
    person_id as personid,
    storage_file_guid as storagefileguid,
    client_id as clientid,
    file_name as filename,
    team as team,
    custom_field_item as customfielditem
from stg_movidesk__ticket_custom_field_items;

CREATE OR REPLACE VIEW movidesk_persons__contacts AS
select
    person_id as person_id,  -- low confidence
    contact as contact,
    is_default as isdefault,
    contact_type as contacttype
from stg_movidesk__person_contacts;

CREATE OR REPLACE VIEW movidesk_persons__emails AS
select
    person_id as person_id,  -- low confidence
    email_type as emailtype,  -- medium confidence
    email as email,  -- medium confidence
    is_default as isdefault  -- medium confidence
from stg_movidesk__person_emails;

CREATE OR REPLACE VIEW movidesk_persons__relationships AS
select
    person_id as person_id,  -- low confidence
    allow_all_services as allowallservices,
    cast(include_in_parents as varchar) as includeinparents,
    is_get_method as isgetmethod,
    name as name,
    sla_agreement as slaagreement,
    load_child_organizations as loadchildorganizations,
    force_children_to_have_some_agreement as forcechildrentohavesomeagreement,
    id as id
from stg_movidesk__person_relationships;

CREATE OR REPLACE VIEW movidesk_tickets_actions AS
-- The name of the table: low confidence
select
    cast(ticket_id as varchar) as ticket_id,  -- medium confidence
    cast(id as varchar) as id,
    cast(origin as varchar) as origin,
    status as status,
    justification as justification,
    description as description,
    created_date as createddate,
    html_description as htmldescription,
    cast(tags as varchar) as tags,
    cast(type as varchar) as type,
    is_deleted as isdeleted
from stg_movidesk__ticket_actions;

CREATE OR REPLACE VIEW movidesk_tickets_clients AS
-- The name of the table: low confidence
select
    cast(ticket_id as varchar) as ticket_id,  -- medium confidence
    cast(person_type as varchar) as persontype,
    reference as reference,
    bairro as bairro,
    complement as complement,
    cep as cep,  -- medium confidence
    number as number,
    phone as phone,
    address as address,  -- medium confidence
    id as id,
    cast(is_deleted as varchar) as isdeleted,
    city as city,
    path_picture as pathpicture,
    cast(profile_type as varchar) as profiletype,
    business_name as businessname,
    email as email
from stg_movidesk__ticket_clients;

CREATE OR REPLACE VIEW movidesk_tickets_owners AS
-- The name of the table: low confidence
select
    cast(ticket_id as varchar) as ticket_id,  -- medium confidence
    cast(person_type as varchar) as persontype,
    reference as reference,
    bairro as bairro,
    complement as complement,
    cep as cep,  -- medium confidence
    number as number,
    phone as phone,
    address as address,  -- medium confidence
    id as id,
    city as city,
    path_picture as pathpicture,
    cast(profile_type as varchar) as profiletype,
    business_name as businessname,
    email as email
from stg_movidesk__ticket_owners;

CREATE OR REPLACE VIEW movidesk_tickets_parents AS
-- The name of the table: low confidence
select
    cast(ticket_id as varchar) as ticket_id,  -- medium confidence
    cast(id as varchar) as id,  -- medium confidence
    subject as subject,  -- medium confidence
    is_deleted as isdeleted  -- medium confidence
from stg_movidesk__ticket_parents;
