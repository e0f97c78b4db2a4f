-- Made by `make dbt-sql` from the dbt package in dbt/: change that, not this file.
-- Each table once, in its newest version and with the rows that Movidesk has now.
-- Order: 0_seeds.sql, 1_staging.sql, 2_marts.sql, and 3_kondado.sql where SQL written for Kondado shall go on working.
-- The destination's tables are taken from the schema `raw`; where yours is another, replace `raw.` by its name.

CREATE OR REPLACE VIEW movidesk.stg_movidesk__activities AS
with came as (
    select
        id as id,
        name as name,
        isActive as is_active,
        isAllowsAllTeams as is_allows_all_teams,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.activities
),

ranked as (
    select
        came.*,
        row_number() over (
            partition by id
            order by extracted_at desc, raw_id desc
        ) as place
    from came
)

select
    id,
    name,
    is_active,
    is_allows_all_teams
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__activity_teams AS
with came as (
    select
        activityId as activity_id,
        name as name,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.activity_teams
),

ranked as (
    select
        came.*,
        row_number() over (
            partition by activity_id, name
            order by extracted_at desc, raw_id desc
        ) as place
    from came
)

select
    activity_id,
    name
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__kb_article_contents AS
with came as (
    select
        id as id,
        updatedAt as updated_at,
        articleStatus as article_status,
        title as title,
        slug as slug,
        summary as summary,
        contentHtml as content_html,
        contentText as content_text,
        createdDate as created_date,
        updatedDate as updated_date,
        revisionId as revision_id,
        readingTime as reading_time,
        tags as tags,
        menuId as menu_id,
        menuName as menu_name,
        categories as categories,
        services as services,
        relateds as relateds,
        attachments as attachments,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.kb_article_contents
),

ranked as (
    select
        came.*,
        row_number() over (
            partition by id
            order by coalesce(updated_at, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from came
)

select
    id,
    updated_at,
    article_status,
    title,
    slug,
    summary,
    content_html,
    content_text,
    created_date,
    updated_date,
    revision_id,
    reading_time,
    tags,
    menu_id,
    menu_name,
    categories,
    services,
    relateds,
    attachments
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__kb_articles AS
with came as (
    select
        id as id,
        title as title,
        summary as summary,
        updatedAt as updated_at,
        createdAt as created_at,
        status as status,
        tags as tags,
        menuId as menu_id,
        menuName as menu_name,
        categories as categories,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.kb_articles
),

ranked as (
    select
        came.*,
        row_number() over (
            partition by id
            order by coalesce(updated_at, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from came
)

select
    id,
    title,
    summary,
    updated_at,
    created_at,
    status,
    tags,
    menu_id,
    menu_name,
    categories
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__merged_tickets AS
with came as (
    select
        ticketId as ticket_id,
        mergedTicketId as merged_ticket_id,
        mergedTickets as merged_tickets,
        lastUpdate as last_update,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.merged_tickets
),

ranked as (
    select
        came.*,
        row_number() over (
            partition by ticket_id, merged_ticket_id
            order by coalesce(last_update, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from came
)

select
    ticket_id,
    merged_ticket_id,
    merged_tickets,
    last_update
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__person_versions AS
select person_id, max(last_changed_date) as last_changed_date
from (
    select
        id as person_id,
        max(lastChangedDate) as last_changed_date
    from raw.persons
    group by 1
    union all
    select
        personId as person_id,
        max(lastChangedDate) as last_changed_date
    from raw.person_addresses
    group by 1
    union all
    select
        personId as person_id,
        max(lastChangedDate) as last_changed_date
    from raw.person_contacts
    group by 1
    union all
    select
        personId as person_id,
        max(lastChangedDate) as last_changed_date
    from raw.person_emails
    group by 1
    union all
    select
        personId as person_id,
        max(lastChangedDate) as last_changed_date
    from raw.person_teams
    group by 1
    union all
    select
        personId as person_id,
        max(lastChangedDate) as last_changed_date
    from raw.person_relationships
    group by 1
    union all
    select
        personId as person_id,
        max(lastChangedDate) as last_changed_date
    from raw.person_relationship_services
    group by 1
    union all
    select
        personId as person_id,
        max(lastChangedDate) as last_changed_date
    from raw.person_custom_field_values
    group by 1
    union all
    select
        personId as person_id,
        max(lastChangedDate) as last_changed_date
    from raw.person_custom_field_items
    group by 1
    union all
    select
        personId as person_id,
        max(lastChangedDate) as last_changed_date
    from raw.person_custom_fields
    group by 1
    union all
    select
        personId as person_id,
        max(lastChangedDate) as last_changed_date
    from raw.person_assets
    group by 1
) as seen
group by person_id;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__persons AS
with came as (
    select
        id as id,
        lastChangedDate as last_changed_date,
        codeReferenceAdditional as code_reference_additional,
        isActive as is_active,
        personType as person_type,
        profileType as profile_type,
        accessProfile as access_profile,
        businessName as business_name,
        businessBranch as business_branch,
        corporateName as corporate_name,
        cpfCnpj as cpf_cnpj,
        userName as user_name,
        accountEmail as account_email,
        role as role,
        bossId as boss_id,
        bossName as boss_name,
        classification as classification,
        cultureId as culture_id,
        timeZoneId as time_zone_id,
        createdDate as created_date,
        createdBy as created_by,
        changedDate as changed_date,
        changedBy as changed_by,
        observations as observations,
        authenticateOn as authenticate_on,
        teams as teams,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.persons
),

ranked as (
    select
        came.*,
        row_number() over (
            partition by id
            order by coalesce(last_changed_date, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from came
)

select
    id,
    last_changed_date,
    code_reference_additional,
    is_active,
    person_type,
    profile_type,
    access_profile,
    business_name,
    business_branch,
    corporate_name,
    cpf_cnpj,
    user_name,
    account_email,
    role,
    boss_id,
    boss_name,
    classification,
    culture_id,
    time_zone_id,
    created_date,
    created_by,
    changed_date,
    changed_by,
    observations,
    authenticate_on,
    teams
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__services AS
with came as (
    select
        id as id,
        name as name,
        description as description,
        parentServiceId as parent_service_id,
        serviceForTicketType as service_for_ticket_type,
        isVisible as is_visible,
        allowSelection as allow_selection,
        allowFinishTicket as allow_finish_ticket,
        isActive as is_active,
        automationMacro as automation_macro,
        defaultCategory as default_category,
        defaultUrgency as default_urgency,
        allowAllCategories as allow_all_categories,
        categories as categories,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.services
),

ranked as (
    select
        came.*,
        row_number() over (
            partition by id
            order by extracted_at desc, raw_id desc
        ) as place
    from came
)

select
    id,
    name,
    description,
    parent_service_id,
    service_for_ticket_type,
    is_visible,
    allow_selection,
    allow_finish_ticket,
    is_active,
    automation_macro,
    default_category,
    default_urgency,
    allow_all_categories,
    categories
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__survey_question_languages AS
with came as (
    select
        questionId as question_id,
        cultureId as culture_id,
        description as description,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.survey_question_languages
),

ranked as (
    select
        came.*,
        row_number() over (
            partition by question_id, culture_id
            order by extracted_at desc, raw_id desc
        ) as place
    from came
)

select
    question_id,
    culture_id,
    description
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__survey_questions AS
with came as (
    select
        id as id,
        isActive as is_active,
        type as type,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.survey_questions
),

ranked as (
    select
        came.*,
        row_number() over (
            partition by id
            order by extracted_at desc, raw_id desc
        ) as place
    from came
)

select
    id,
    is_active,
    type
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__survey_responses AS
with came as (
    select
        id as id,
        questionId as question_id,
        clientId as client_id,
        type as type,
        ticketId as ticket_id,
        responseDate as response_date,
        commentary as commentary,
        value as value,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.survey_responses
),

ranked as (
    select
        came.*,
        row_number() over (
            partition by id
            order by coalesce(response_date, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from came
)

select
    id,
    question_id,
    client_id,
    type,
    ticket_id,
    response_date,
    commentary,
    value
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__sync_runs AS
with came as (
    select
        startedAt as started_at,
        stream as stream,
        finishedAt as finished_at,
        outcome as outcome,
        stateFrom as state_from,
        stateTo as state_to,
        `rows` as `rows`,
        requests as requests,
        lockOuts as lock_outs,
        failures as failures,
        leftOut as left_out,
        partial as partial,
        counted as counted,
        healed as healed,
        missing as missing,
        connectorVersion as connector_version,
        startDate as start_date,
        negativeTicketIds as negative_ticket_ids,
        personalData as personal_data,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.sync_runs
),

ranked as (
    select
        came.*,
        row_number() over (
            partition by started_at, stream
            order by coalesce(started_at, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from came
)

select
    started_at,
    stream,
    finished_at,
    outcome,
    state_from,
    state_to,
    `rows`,
    requests,
    lock_outs,
    failures,
    left_out,
    partial,
    counted,
    healed,
    missing,
    connector_version,
    start_date,
    negative_ticket_ids,
    personal_data
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__ticket_census AS
with came as (
    select
        id as id,
        lastUpdate as last_update,
        createdDate as created_date,
        isDeleted as is_deleted,
        route as route,
        countedAt as counted_at,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.ticket_census
),

ranked as (
    select
        came.*,
        row_number() over (
            partition by id
            order by coalesce(last_update, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from came
)

select
    id,
    last_update,
    created_date,
    is_deleted,
    route,
    counted_at
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__ticket_html_versions AS
select ticket_id, max(last_update) as last_update
from (
    select
        ticketId as ticket_id,
        max(lastUpdate) as last_update
    from raw.ticket_action_html
    group by 1
) as seen
group by ticket_id;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__ticket_versions AS
select ticket_id, max(last_update) as last_update
from (
    select
        id as ticket_id,
        max(lastUpdate) as last_update
    from raw.tickets
    group by 1
    union all
    select
        ticketId as ticket_id,
        max(lastUpdate) as last_update
    from raw.ticket_owners
    group by 1
    union all
    select
        ticketId as ticket_id,
        max(lastUpdate) as last_update
    from raw.ticket_clients
    group by 1
    union all
    select
        ticketId as ticket_id,
        max(lastUpdate) as last_update
    from raw.ticket_actions
    group by 1
    union all
    select
        ticketId as ticket_id,
        max(lastUpdate) as last_update
    from raw.ticket_time_appointments
    group by 1
    union all
    select
        ticketId as ticket_id,
        max(lastUpdate) as last_update
    from raw.ticket_expenses
    group by 1
    union all
    select
        ticketId as ticket_id,
        max(lastUpdate) as last_update
    from raw.ticket_attachments
    group by 1
    union all
    select
        ticketId as ticket_id,
        max(lastUpdate) as last_update
    from raw.ticket_custom_field_values
    group by 1
    union all
    select
        ticketId as ticket_id,
        max(lastUpdate) as last_update
    from raw.ticket_custom_field_items
    group by 1
    union all
    select
        ticketId as ticket_id,
        max(lastUpdate) as last_update
    from raw.ticket_custom_fields
    group by 1
    union all
    select
        ticketId as ticket_id,
        max(lastUpdate) as last_update
    from raw.ticket_parents
    group by 1
    union all
    select
        ticketId as ticket_id,
        max(lastUpdate) as last_update
    from raw.ticket_children
    group by 1
    union all
    select
        ticketId as ticket_id,
        max(lastUpdate) as last_update
    from raw.ticket_status_histories
    group by 1
    union all
    select
        ticketId as ticket_id,
        max(lastUpdate) as last_update
    from raw.ticket_owner_histories
    group by 1
    union all
    select
        ticketId as ticket_id,
        max(lastUpdate) as last_update
    from raw.ticket_assets
    group by 1
) as seen
group by ticket_id;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__tickets AS
with came as (
    select
        id as id,
        absoluteId as absolute_id,
        hasNegativeId as has_negative_id,
        protocol as protocol,
        type as type,
        subject as subject,
        category as category,
        urgency as urgency,
        status as status,
        baseStatus as base_status,
        justification as justification,
        origin as origin,
        createdDate as created_date,
        isDeleted as is_deleted,
        originEmailAccount as origin_email_account,
        ownerId as owner_id,
        ownerBusinessName as owner_business_name,
        ownerEmail as owner_email,
        ownerPhone as owner_phone,
        ownerPersonType as owner_person_type,
        ownerProfileType as owner_profile_type,
        ownerTeam as owner_team,
        createdById as created_by_id,
        createdByBusinessName as created_by_business_name,
        createdByEmail as created_by_email,
        createdByPhone as created_by_phone,
        createdByPersonType as created_by_person_type,
        createdByProfileType as created_by_profile_type,
        serviceFull as service_full,
        serviceFirstLevelId as service_first_level_id,
        serviceFirstLevel as service_first_level,
        serviceSecondLevel as service_second_level,
        serviceThirdLevel as service_third_level,
        contactForm as contact_form,
        tags as tags,
        cc as cc,
        resolvedIn as resolved_in,
        closedIn as closed_in,
        canceledIn as canceled_in,
        actionCount as action_count,
        lifeTimeWorkingTime as life_time_working_time,
        stoppedTime as stopped_time,
        stoppedTimeWorkingTime as stopped_time_working_time,
        resolvedInFirstCall as resolved_in_first_call,
        chatWidget as chat_widget,
        chatGroup as chat_group,
        chatTalkTime as chat_talk_time,
        chatWaitingTime as chat_waiting_time,
        sequence as sequence,
        slaAgreement as sla_agreement,
        slaAgreementRule as sla_agreement_rule,
        slaSolutionTime as sla_solution_time,
        slaResponseTime as sla_response_time,
        slaSolutionChangedByUser as sla_solution_changed_by_user,
        slaSolutionChangedById as sla_solution_changed_by_id,
        slaSolutionChangedByBusinessName as sla_solution_changed_by_business_name,
        slaSolutionChangedByEmail as sla_solution_changed_by_email,
        slaSolutionChangedByPhone as sla_solution_changed_by_phone,
        slaSolutionChangedByPersonType as sla_solution_changed_by_person_type,
        slaSolutionChangedByProfileType as sla_solution_changed_by_profile_type,
        slaSolutionDate as sla_solution_date,
        slaSolutionDateIsPaused as sla_solution_date_is_paused,
        jiraIssueKey as jira_issue_key,
        redmineIssueId as redmine_issue_id,
        movideskTicketNumber as movidesk_ticket_number,
        linkedToIntegratedTicketNumber as linked_to_integrated_ticket_number,
        reopenedIn as reopened_in,
        lastActionDate as last_action_date,
        lastUpdate as last_update,
        slaResponseDate as sla_response_date,
        slaRealResponseDate as sla_real_response_date,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.tickets
),

ranked as (
    select
        came.*,
        row_number() over (
            partition by id
            order by coalesce(last_update, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from came
)

select
    id,
    absolute_id,
    has_negative_id,
    protocol,
    type,
    subject,
    category,
    urgency,
    status,
    base_status,
    justification,
    origin,
    created_date,
    is_deleted,
    origin_email_account,
    owner_id,
    owner_business_name,
    owner_email,
    owner_phone,
    owner_person_type,
    owner_profile_type,
    owner_team,
    created_by_id,
    created_by_business_name,
    created_by_email,
    created_by_phone,
    created_by_person_type,
    created_by_profile_type,
    service_full,
    service_first_level_id,
    service_first_level,
    service_second_level,
    service_third_level,
    contact_form,
    tags,
    cc,
    resolved_in,
    closed_in,
    canceled_in,
    action_count,
    life_time_working_time,
    stopped_time,
    stopped_time_working_time,
    resolved_in_first_call,
    chat_widget,
    chat_group,
    chat_talk_time,
    chat_waiting_time,
    sequence,
    sla_agreement,
    sla_agreement_rule,
    sla_solution_time,
    sla_response_time,
    sla_solution_changed_by_user,
    sla_solution_changed_by_id,
    sla_solution_changed_by_business_name,
    sla_solution_changed_by_email,
    sla_solution_changed_by_phone,
    sla_solution_changed_by_person_type,
    sla_solution_changed_by_profile_type,
    sla_solution_date,
    sla_solution_date_is_paused,
    jira_issue_key,
    redmine_issue_id,
    movidesk_ticket_number,
    linked_to_integrated_ticket_number,
    reopened_in,
    last_action_date,
    last_update,
    sla_response_date,
    sla_real_response_date
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__time_agreement_activities AS
with came as (
    select
        agreementId as agreement_id,
        id as id,
        workingTimeType as working_time_type,
        activity as activity,
        franchise as franchise,
        value as value,
        valueExceededHour as value_exceeded_hour,
        shootdownContract as shootdown_contract,
        allowHoursExcedent as allow_hours_excedent,
        activityId as activity_id,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.time_agreement_activities
),

ranked as (
    select
        came.*,
        row_number() over (
            partition by agreement_id, id
            order by extracted_at desc, raw_id desc
        ) as place
    from came
)

select
    agreement_id,
    id,
    working_time_type,
    activity,
    franchise,
    value,
    value_exceeded_hour,
    shootdown_contract,
    allow_hours_excedent,
    activity_id
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__time_agreement_clients AS
with came as (
    select
        agreementId as agreement_id,
        id as id,
        businessName as business_name,
        email as email,
        phone as phone,
        personType as person_type,
        profileType as profile_type,
        isDeleted as is_deleted,
        organizationId as organization_id,
        organizationBusinessName as organization_business_name,
        organizationEmail as organization_email,
        organizationPhone as organization_phone,
        organizationPersonType as organization_person_type,
        organizationProfileType as organization_profile_type,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.time_agreement_clients
),

ranked as (
    select
        came.*,
        row_number() over (
            partition by agreement_id, id
            order by extracted_at desc, raw_id desc
        ) as place
    from came
)

select
    agreement_id,
    id,
    business_name,
    email,
    phone,
    person_type,
    profile_type,
    is_deleted,
    organization_id,
    organization_business_name,
    organization_email,
    organization_phone,
    organization_person_type,
    organization_profile_type
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__time_agreement_consumption_appointments AS
with came as (
    select
        agreementId as agreement_id,
        period as period,
        id as id,
        activity as activity,
        date as date,
        periodStart as period_start,
        periodEnd as period_end,
        workTime as work_time,
        workTypeName as work_type_name,
        createdById as created_by_id,
        createdByBusinessName as created_by_business_name,
        createdByEmail as created_by_email,
        createdByPhone as created_by_phone,
        createdByPersonType as created_by_person_type,
        createdByProfileType as created_by_profile_type,
        createdByTeamId as created_by_team_id,
        createdByTeamName as created_by_team_name,
        ticketNumber as ticket_number,
        actionNumber as action_number,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.time_agreement_consumption_appointments
),

ranked as (
    select
        came.*,
        row_number() over (
            partition by agreement_id, period, id
            order by coalesce(period, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from came
)

select
    agreement_id,
    period,
    id,
    activity,
    date,
    period_start,
    period_end,
    work_time,
    work_type_name,
    created_by_id,
    created_by_business_name,
    created_by_email,
    created_by_phone,
    created_by_person_type,
    created_by_profile_type,
    created_by_team_id,
    created_by_team_name,
    ticket_number,
    action_number
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__time_agreement_consumption_expenses AS
with came as (
    select
        agreementId as agreement_id,
        period as period,
        id as id,
        type as type,
        serviceReport as service_report,
        createdById as created_by_id,
        createdByBusinessName as created_by_business_name,
        createdByEmail as created_by_email,
        createdByPhone as created_by_phone,
        createdByPersonType as created_by_person_type,
        createdByProfileType as created_by_profile_type,
        createdByTeamId as created_by_team_id,
        createdByTeamName as created_by_team_name,
        date as date,
        quantity as quantity,
        value as value,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.time_agreement_consumption_expenses
),

ranked as (
    select
        came.*,
        row_number() over (
            partition by agreement_id, period, id
            order by coalesce(period, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from came
)

select
    agreement_id,
    period,
    id,
    type,
    service_report,
    created_by_id,
    created_by_business_name,
    created_by_email,
    created_by_phone,
    created_by_person_type,
    created_by_profile_type,
    created_by_team_id,
    created_by_team_name,
    date,
    quantity,
    value
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__time_agreement_consumption_types AS
with came as (
    select
        agreementId as agreement_id,
        id as id,
        workingTimeType as working_time_type,
        value as value,
        workingTimeAgreementId as working_time_agreement_id,
        typeActivities as type_activities,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.time_agreement_consumption_types
),

ranked as (
    select
        came.*,
        row_number() over (
            partition by agreement_id, id
            order by extracted_at desc, raw_id desc
        ) as place
    from came
)

select
    agreement_id,
    id,
    working_time_type,
    value,
    working_time_agreement_id,
    type_activities
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__time_agreement_consumptions AS
with came as (
    select
        agreementId as agreement_id,
        period as period,
        id as id,
        name as name,
        startPeriod as start_period,
        endPeriod as end_period,
        baseAmount as base_amount,
        exceededHourAmount as exceeded_hour_amount,
        renewalDay as renewal_day,
        contractedHours as contracted_hours,
        differentiateHoursFranchise as differentiate_hours_franchise,
        differentiateHoursConsumption as differentiate_hours_consumption,
        consumedHours as consumed_hours,
        discount as discount,
        discountType as discount_type,
        typeActivities as type_activities,
        clients as clients,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.time_agreement_consumptions
),

ranked as (
    select
        came.*,
        row_number() over (
            partition by agreement_id, period
            order by coalesce(period, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from came
)

select
    agreement_id,
    period,
    id,
    name,
    start_period,
    end_period,
    base_amount,
    exceeded_hour_amount,
    renewal_day,
    contracted_hours,
    differentiate_hours_franchise,
    differentiate_hours_consumption,
    consumed_hours,
    discount,
    discount_type,
    type_activities,
    clients
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__time_agreement_email_destinations AS
with came as (
    select
        agreementId as agreement_id,
        position as position,
        type as type,
        email as email,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.time_agreement_email_destinations
),

ranked as (
    select
        came.*,
        row_number() over (
            partition by agreement_id, position
            order by extracted_at desc, raw_id desc
        ) as place
    from came
)

select
    agreement_id,
    position,
    type,
    email
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__time_agreements AS
with came as (
    select
        id as id,
        name as name,
        emailSubject as email_subject,
        emailDescription as email_description,
        emailAccount as email_account,
        isActive as is_active,
        differentiateHoursFranchise as differentiate_hours_franchise,
        differentiateHoursConsumption as differentiate_hours_consumption,
        accumulateUnusedHours as accumulate_unused_hours,
        renewalDay as renewal_day,
        contractedHours as contracted_hours,
        consumptionDeadline as consumption_deadline,
        emailSendDay as email_send_day,
        baseAmount as base_amount,
        createdOn as created_on,
        disabledDate as disabled_date,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.time_agreements
),

ranked as (
    select
        came.*,
        row_number() over (
            partition by id
            order by extracted_at desc, raw_id desc
        ) as place
    from came
)

select
    id,
    name,
    email_subject,
    email_description,
    email_account,
    is_active,
    differentiate_hours_franchise,
    differentiate_hours_consumption,
    accumulate_unused_hours,
    renewal_day,
    contracted_hours,
    consumption_deadline,
    email_send_day,
    base_amount,
    created_on,
    disabled_date
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__person_addresses AS
with came as (
    select
        personId as person_id,
        lastChangedDate as last_changed_date,
        position as position,
        addressType as address_type,
        country as country,
        postalCode as postal_code,
        state as state,
        city as city,
        district as district,
        street as street,
        number as number,
        complement as complement,
        reference as reference,
        isDefault as is_default,
        countryId as country_id,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.person_addresses
),

now_there as (
    select came.*
    from came
    inner join movidesk.stg_movidesk__person_versions as newest
        on came.person_id = newest.person_id
        and coalesce(came.last_changed_date, cast('0001-01-01 00:00:00' as timestamp)) = coalesce(newest.last_changed_date, cast('0001-01-01 00:00:00' as timestamp))
),

ranked as (
    select
        now_there.*,
        row_number() over (
            partition by person_id, position
            order by coalesce(last_changed_date, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from now_there
)

select
    person_id,
    last_changed_date,
    position,
    address_type,
    country,
    postal_code,
    state,
    city,
    district,
    street,
    number,
    complement,
    reference,
    is_default,
    country_id
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__person_assets AS
with came as (
    select
        personId as person_id,
        lastChangedDate as last_changed_date,
        id as id,
        name as name,
        label as label,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.person_assets
),

now_there as (
    select came.*
    from came
    inner join movidesk.stg_movidesk__person_versions as newest
        on came.person_id = newest.person_id
        and coalesce(came.last_changed_date, cast('0001-01-01 00:00:00' as timestamp)) = coalesce(newest.last_changed_date, cast('0001-01-01 00:00:00' as timestamp))
),

ranked as (
    select
        now_there.*,
        row_number() over (
            partition by person_id, id
            order by coalesce(last_changed_date, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from now_there
)

select
    person_id,
    last_changed_date,
    id,
    name,
    label
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__person_contacts AS
with came as (
    select
        personId as person_id,
        lastChangedDate as last_changed_date,
        position as position,
        contactType as contact_type,
        contact as contact,
        isDefault as is_default,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.person_contacts
),

now_there as (
    select came.*
    from came
    inner join movidesk.stg_movidesk__person_versions as newest
        on came.person_id = newest.person_id
        and coalesce(came.last_changed_date, cast('0001-01-01 00:00:00' as timestamp)) = coalesce(newest.last_changed_date, cast('0001-01-01 00:00:00' as timestamp))
),

ranked as (
    select
        now_there.*,
        row_number() over (
            partition by person_id, position
            order by coalesce(last_changed_date, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from now_there
)

select
    person_id,
    last_changed_date,
    position,
    contact_type,
    contact,
    is_default
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__person_custom_field_items AS
with came as (
    select
        personId as person_id,
        lastChangedDate as last_changed_date,
        customFieldId as custom_field_id,
        customFieldRuleId as custom_field_rule_id,
        line as line,
        occurrence as occurrence,
        position as position,
        itemPersonId as item_person_id,
        clientId as client_id,
        team as team,
        customFieldItem as custom_field_item,
        storageFileGuid as storage_file_guid,
        fileName as file_name,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.person_custom_field_items
),

now_there as (
    select came.*
    from came
    inner join movidesk.stg_movidesk__person_versions as newest
        on came.person_id = newest.person_id
        and coalesce(came.last_changed_date, cast('0001-01-01 00:00:00' as timestamp)) = coalesce(newest.last_changed_date, cast('0001-01-01 00:00:00' as timestamp))
),

ranked as (
    select
        now_there.*,
        row_number() over (
            partition by person_id, custom_field_id, custom_field_rule_id, line, occurrence, position
            order by coalesce(last_changed_date, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from now_there
)

select
    person_id,
    last_changed_date,
    custom_field_id,
    custom_field_rule_id,
    line,
    occurrence,
    position,
    item_person_id,
    client_id,
    team,
    custom_field_item,
    storage_file_guid,
    file_name
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__person_custom_field_values AS
with came as (
    select
        personId as person_id,
        lastChangedDate as last_changed_date,
        customFieldId as custom_field_id,
        customFieldRuleId as custom_field_rule_id,
        line as line,
        occurrence as occurrence,
        value as value,
        valueNumber as value_number,
        valueDateTime as value_date_time,
        valueTime as value_time,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.person_custom_field_values
),

now_there as (
    select came.*
    from came
    inner join movidesk.stg_movidesk__person_versions as newest
        on came.person_id = newest.person_id
        and coalesce(came.last_changed_date, cast('0001-01-01 00:00:00' as timestamp)) = coalesce(newest.last_changed_date, cast('0001-01-01 00:00:00' as timestamp))
),

ranked as (
    select
        now_there.*,
        row_number() over (
            partition by person_id, custom_field_id, custom_field_rule_id, line, occurrence
            order by coalesce(last_changed_date, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from now_there
)

select
    person_id,
    last_changed_date,
    custom_field_id,
    custom_field_rule_id,
    line,
    occurrence,
    value,
    value_number,
    value_date_time,
    value_time
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__person_custom_fields AS
with came as (
    select
        personId as person_id,
        lastChangedDate as last_changed_date,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.person_custom_fields
),

now_there as (
    select came.*
    from came
    inner join movidesk.stg_movidesk__person_versions as newest
        on came.person_id = newest.person_id
        and coalesce(came.last_changed_date, cast('0001-01-01 00:00:00' as timestamp)) = coalesce(newest.last_changed_date, cast('0001-01-01 00:00:00' as timestamp))
),

ranked as (
    select
        now_there.*,
        row_number() over (
            partition by person_id
            order by coalesce(last_changed_date, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from now_there
)

select
    person_id,
    last_changed_date
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__person_emails AS
with came as (
    select
        personId as person_id,
        lastChangedDate as last_changed_date,
        position as position,
        emailType as email_type,
        email as email,
        isDefault as is_default,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.person_emails
),

now_there as (
    select came.*
    from came
    inner join movidesk.stg_movidesk__person_versions as newest
        on came.person_id = newest.person_id
        and coalesce(came.last_changed_date, cast('0001-01-01 00:00:00' as timestamp)) = coalesce(newest.last_changed_date, cast('0001-01-01 00:00:00' as timestamp))
),

ranked as (
    select
        now_there.*,
        row_number() over (
            partition by person_id, position
            order by coalesce(last_changed_date, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from now_there
)

select
    person_id,
    last_changed_date,
    position,
    email_type,
    email,
    is_default
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__person_relationship_services AS
with came as (
    select
        personId as person_id,
        lastChangedDate as last_changed_date,
        relationshipPosition as relationship_position,
        relationshipId as relationship_id,
        id as id,
        name as name,
        copyToChildren as copy_to_children,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.person_relationship_services
),

now_there as (
    select came.*
    from came
    inner join movidesk.stg_movidesk__person_versions as newest
        on came.person_id = newest.person_id
        and coalesce(came.last_changed_date, cast('0001-01-01 00:00:00' as timestamp)) = coalesce(newest.last_changed_date, cast('0001-01-01 00:00:00' as timestamp))
),

ranked as (
    select
        now_there.*,
        row_number() over (
            partition by person_id, relationship_position, id
            order by coalesce(last_changed_date, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from now_there
)

select
    person_id,
    last_changed_date,
    relationship_position,
    relationship_id,
    id,
    name,
    copy_to_children
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__person_relationships AS
with came as (
    select
        personId as person_id,
        lastChangedDate as last_changed_date,
        position as position,
        id as id,
        name as name,
        slaAgreement as sla_agreement,
        forceChildrenToHaveSomeAgreement as force_children_to_have_some_agreement,
        allowAllServices as allow_all_services,
        includeInParents as include_in_parents,
        loadChildOrganizations as load_child_organizations,
        isGetMethod as is_get_method,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.person_relationships
),

now_there as (
    select came.*
    from came
    inner join movidesk.stg_movidesk__person_versions as newest
        on came.person_id = newest.person_id
        and coalesce(came.last_changed_date, cast('0001-01-01 00:00:00' as timestamp)) = coalesce(newest.last_changed_date, cast('0001-01-01 00:00:00' as timestamp))
),

ranked as (
    select
        now_there.*,
        row_number() over (
            partition by person_id, position
            order by coalesce(last_changed_date, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from now_there
)

select
    person_id,
    last_changed_date,
    position,
    id,
    name,
    sla_agreement,
    force_children_to_have_some_agreement,
    allow_all_services,
    include_in_parents,
    load_child_organizations,
    is_get_method
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__person_teams AS
with came as (
    select
        personId as person_id,
        lastChangedDate as last_changed_date,
        position as position,
        name as name,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.person_teams
),

now_there as (
    select came.*
    from came
    inner join movidesk.stg_movidesk__person_versions as newest
        on came.person_id = newest.person_id
        and coalesce(came.last_changed_date, cast('0001-01-01 00:00:00' as timestamp)) = coalesce(newest.last_changed_date, cast('0001-01-01 00:00:00' as timestamp))
),

ranked as (
    select
        now_there.*,
        row_number() over (
            partition by person_id, position
            order by coalesce(last_changed_date, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from now_there
)

select
    person_id,
    last_changed_date,
    position,
    name
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__ticket_action_html AS
with came as (
    select
        ticketId as ticket_id,
        lastUpdate as last_update,
        actionId as action_id,
        createdDate as created_date,
        htmlDescription as html_description,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.ticket_action_html
),

now_there as (
    select came.*
    from came
    inner join movidesk.stg_movidesk__ticket_html_versions as newest
        on came.ticket_id = newest.ticket_id
        and coalesce(came.last_update, cast('0001-01-01 00:00:00' as timestamp)) = coalesce(newest.last_update, cast('0001-01-01 00:00:00' as timestamp))
),

ranked as (
    select
        now_there.*,
        row_number() over (
            partition by ticket_id, action_id
            order by coalesce(last_update, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from now_there
)

select
    ticket_id,
    last_update,
    action_id,
    created_date,
    html_description
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__ticket_actions AS
with came as (
    select
        ticketId as ticket_id,
        lastUpdate as last_update,
        id as id,
        type as type,
        origin as origin,
        description as description,
        htmlDescription as html_description,
        status as status,
        justification as justification,
        createdDate as created_date,
        createdById as created_by_id,
        createdByBusinessName as created_by_business_name,
        createdByEmail as created_by_email,
        createdByPhone as created_by_phone,
        createdByPersonType as created_by_person_type,
        createdByProfileType as created_by_profile_type,
        isDeleted as is_deleted,
        tags as tags,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.ticket_actions
),

now_there as (
    select came.*
    from came
    inner join movidesk.stg_movidesk__ticket_versions as newest
        on came.ticket_id = newest.ticket_id
        and coalesce(came.last_update, cast('0001-01-01 00:00:00' as timestamp)) = coalesce(newest.last_update, cast('0001-01-01 00:00:00' as timestamp))
),

ranked as (
    select
        now_there.*,
        row_number() over (
            partition by ticket_id, id
            order by coalesce(last_update, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from now_there
)

select
    ticket_id,
    last_update,
    id,
    type,
    origin,
    description,
    html_description,
    status,
    justification,
    created_date,
    created_by_id,
    created_by_business_name,
    created_by_email,
    created_by_phone,
    created_by_person_type,
    created_by_profile_type,
    is_deleted,
    tags
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__ticket_assets AS
with came as (
    select
        ticketId as ticket_id,
        lastUpdate as last_update,
        id as id,
        name as name,
        label as label,
        serialNumber as serial_number,
        categoryFull as category_full,
        categoryFirstLevel as category_first_level,
        categorySecondLevel as category_second_level,
        categoryThirdLevel as category_third_level,
        isDeleted as is_deleted,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.ticket_assets
),

now_there as (
    select came.*
    from came
    inner join movidesk.stg_movidesk__ticket_versions as newest
        on came.ticket_id = newest.ticket_id
        and coalesce(came.last_update, cast('0001-01-01 00:00:00' as timestamp)) = coalesce(newest.last_update, cast('0001-01-01 00:00:00' as timestamp))
),

ranked as (
    select
        now_there.*,
        row_number() over (
            partition by ticket_id, id
            order by coalesce(last_update, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from now_there
)

select
    ticket_id,
    last_update,
    id,
    name,
    label,
    serial_number,
    category_full,
    category_first_level,
    category_second_level,
    category_third_level,
    is_deleted
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__ticket_attachments AS
with came as (
    select
        ticketId as ticket_id,
        lastUpdate as last_update,
        actionId as action_id,
        path as path,
        occurrence as occurrence,
        fileName as file_name,
        createdDate as created_date,
        createdById as created_by_id,
        createdByBusinessName as created_by_business_name,
        createdByEmail as created_by_email,
        createdByPhone as created_by_phone,
        createdByPersonType as created_by_person_type,
        createdByProfileType as created_by_profile_type,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.ticket_attachments
),

now_there as (
    select came.*
    from came
    inner join movidesk.stg_movidesk__ticket_versions as newest
        on came.ticket_id = newest.ticket_id
        and coalesce(came.last_update, cast('0001-01-01 00:00:00' as timestamp)) = coalesce(newest.last_update, cast('0001-01-01 00:00:00' as timestamp))
),

ranked as (
    select
        now_there.*,
        row_number() over (
            partition by ticket_id, action_id, path, occurrence
            order by coalesce(last_update, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from now_there
)

select
    ticket_id,
    last_update,
    action_id,
    path,
    occurrence,
    file_name,
    created_date,
    created_by_id,
    created_by_business_name,
    created_by_email,
    created_by_phone,
    created_by_person_type,
    created_by_profile_type
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__ticket_children AS
with came as (
    select
        ticketId as ticket_id,
        lastUpdate as last_update,
        id as id,
        subject as subject,
        isDeleted as is_deleted,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.ticket_children
),

now_there as (
    select came.*
    from came
    inner join movidesk.stg_movidesk__ticket_versions as newest
        on came.ticket_id = newest.ticket_id
        and coalesce(came.last_update, cast('0001-01-01 00:00:00' as timestamp)) = coalesce(newest.last_update, cast('0001-01-01 00:00:00' as timestamp))
),

ranked as (
    select
        now_there.*,
        row_number() over (
            partition by ticket_id, id
            order by coalesce(last_update, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from now_there
)

select
    ticket_id,
    last_update,
    id,
    subject,
    is_deleted
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__ticket_clients AS
with came as (
    select
        ticketId as ticket_id,
        lastUpdate as last_update,
        id as id,
        personType as person_type,
        profileType as profile_type,
        businessName as business_name,
        email as email,
        phone as phone,
        pathPicture as path_picture,
        isDeleted as is_deleted,
        organizationId as organization_id,
        organizationBusinessName as organization_business_name,
        organizationEmail as organization_email,
        organizationPhone as organization_phone,
        organizationPersonType as organization_person_type,
        organizationProfileType as organization_profile_type,
        address as address,
        complement as complement,
        cep as cep,
        city as city,
        bairro as bairro,
        number as number,
        reference as reference,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.ticket_clients
),

now_there as (
    select came.*
    from came
    inner join movidesk.stg_movidesk__ticket_versions as newest
        on came.ticket_id = newest.ticket_id
        and coalesce(came.last_update, cast('0001-01-01 00:00:00' as timestamp)) = coalesce(newest.last_update, cast('0001-01-01 00:00:00' as timestamp))
),

ranked as (
    select
        now_there.*,
        row_number() over (
            partition by ticket_id, id
            order by coalesce(last_update, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from now_there
)

select
    ticket_id,
    last_update,
    id,
    person_type,
    profile_type,
    business_name,
    email,
    phone,
    path_picture,
    is_deleted,
    organization_id,
    organization_business_name,
    organization_email,
    organization_phone,
    organization_person_type,
    organization_profile_type,
    address,
    complement,
    cep,
    city,
    bairro,
    number,
    reference
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__ticket_custom_field_items AS
with came as (
    select
        ticketId as ticket_id,
        lastUpdate as last_update,
        customFieldId as custom_field_id,
        customFieldRuleId as custom_field_rule_id,
        line as line,
        occurrence as occurrence,
        position as position,
        personId as person_id,
        clientId as client_id,
        team as team,
        customFieldItem as custom_field_item,
        storageFileGuid as storage_file_guid,
        fileName as file_name,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.ticket_custom_field_items
),

now_there as (
    select came.*
    from came
    inner join movidesk.stg_movidesk__ticket_versions as newest
        on came.ticket_id = newest.ticket_id
        and coalesce(came.last_update, cast('0001-01-01 00:00:00' as timestamp)) = coalesce(newest.last_update, cast('0001-01-01 00:00:00' as timestamp))
),

ranked as (
    select
        now_there.*,
        row_number() over (
            partition by ticket_id, custom_field_id, custom_field_rule_id, line, occurrence, position
            order by coalesce(last_update, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from now_there
)

select
    ticket_id,
    last_update,
    custom_field_id,
    custom_field_rule_id,
    line,
    occurrence,
    position,
    person_id,
    client_id,
    team,
    custom_field_item,
    storage_file_guid,
    file_name
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__ticket_custom_field_values AS
with came as (
    select
        ticketId as ticket_id,
        lastUpdate as last_update,
        customFieldId as custom_field_id,
        customFieldRuleId as custom_field_rule_id,
        line as line,
        occurrence as occurrence,
        value as value,
        valueNumber as value_number,
        valueDateTime as value_date_time,
        valueTime as value_time,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.ticket_custom_field_values
),

now_there as (
    select came.*
    from came
    inner join movidesk.stg_movidesk__ticket_versions as newest
        on came.ticket_id = newest.ticket_id
        and coalesce(came.last_update, cast('0001-01-01 00:00:00' as timestamp)) = coalesce(newest.last_update, cast('0001-01-01 00:00:00' as timestamp))
),

ranked as (
    select
        now_there.*,
        row_number() over (
            partition by ticket_id, custom_field_id, custom_field_rule_id, line, occurrence
            order by coalesce(last_update, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from now_there
)

select
    ticket_id,
    last_update,
    custom_field_id,
    custom_field_rule_id,
    line,
    occurrence,
    value,
    value_number,
    value_date_time,
    value_time
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__ticket_custom_fields AS
with came as (
    select
        ticketId as ticket_id,
        lastUpdate as last_update,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.ticket_custom_fields
),

now_there as (
    select came.*
    from came
    inner join movidesk.stg_movidesk__ticket_versions as newest
        on came.ticket_id = newest.ticket_id
        and coalesce(came.last_update, cast('0001-01-01 00:00:00' as timestamp)) = coalesce(newest.last_update, cast('0001-01-01 00:00:00' as timestamp))
),

ranked as (
    select
        now_there.*,
        row_number() over (
            partition by ticket_id
            order by coalesce(last_update, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from now_there
)

select
    ticket_id,
    last_update
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__ticket_expenses AS
with came as (
    select
        ticketId as ticket_id,
        lastUpdate as last_update,
        actionId as action_id,
        id as id,
        type as type,
        serviceReport as service_report,
        createdById as created_by_id,
        createdByBusinessName as created_by_business_name,
        createdByEmail as created_by_email,
        createdByPhone as created_by_phone,
        createdByPersonType as created_by_person_type,
        createdByProfileType as created_by_profile_type,
        createdByTeamId as created_by_team_id,
        createdByTeamName as created_by_team_name,
        date as date,
        quantity as quantity,
        value as value,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.ticket_expenses
),

now_there as (
    select came.*
    from came
    inner join movidesk.stg_movidesk__ticket_versions as newest
        on came.ticket_id = newest.ticket_id
        and coalesce(came.last_update, cast('0001-01-01 00:00:00' as timestamp)) = coalesce(newest.last_update, cast('0001-01-01 00:00:00' as timestamp))
),

ranked as (
    select
        now_there.*,
        row_number() over (
            partition by ticket_id, action_id, id
            order by coalesce(last_update, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from now_there
)

select
    ticket_id,
    last_update,
    action_id,
    id,
    type,
    service_report,
    created_by_id,
    created_by_business_name,
    created_by_email,
    created_by_phone,
    created_by_person_type,
    created_by_profile_type,
    created_by_team_id,
    created_by_team_name,
    date,
    quantity,
    value
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__ticket_owner_histories AS
with came as (
    select
        ticketId as ticket_id,
        lastUpdate as last_update,
        position as position,
        ownerTeam as owner_team,
        ownerId as owner_id,
        ownerBusinessName as owner_business_name,
        ownerEmail as owner_email,
        ownerPhone as owner_phone,
        ownerPersonType as owner_person_type,
        ownerProfileType as owner_profile_type,
        changedById as changed_by_id,
        changedByBusinessName as changed_by_business_name,
        changedByEmail as changed_by_email,
        changedByPhone as changed_by_phone,
        changedByPersonType as changed_by_person_type,
        changedByProfileType as changed_by_profile_type,
        changedDate as changed_date,
        permanencyTimeFullTime as permanency_time_full_time,
        permanencyTimeWorkingTime as permanency_time_working_time,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.ticket_owner_histories
),

now_there as (
    select came.*
    from came
    inner join movidesk.stg_movidesk__ticket_versions as newest
        on came.ticket_id = newest.ticket_id
        and coalesce(came.last_update, cast('0001-01-01 00:00:00' as timestamp)) = coalesce(newest.last_update, cast('0001-01-01 00:00:00' as timestamp))
),

ranked as (
    select
        now_there.*,
        row_number() over (
            partition by ticket_id, position
            order by coalesce(last_update, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from now_there
)

select
    ticket_id,
    last_update,
    position,
    owner_team,
    owner_id,
    owner_business_name,
    owner_email,
    owner_phone,
    owner_person_type,
    owner_profile_type,
    changed_by_id,
    changed_by_business_name,
    changed_by_email,
    changed_by_phone,
    changed_by_person_type,
    changed_by_profile_type,
    changed_date,
    permanency_time_full_time,
    permanency_time_working_time
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__ticket_owners AS
with came as (
    select
        ticketId as ticket_id,
        lastUpdate as last_update,
        id as id,
        personType as person_type,
        profileType as profile_type,
        businessName as business_name,
        email as email,
        phone as phone,
        pathPicture as path_picture,
        address as address,
        complement as complement,
        cep as cep,
        city as city,
        bairro as bairro,
        number as number,
        reference as reference,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.ticket_owners
),

now_there as (
    select came.*
    from came
    inner join movidesk.stg_movidesk__ticket_versions as newest
        on came.ticket_id = newest.ticket_id
        and coalesce(came.last_update, cast('0001-01-01 00:00:00' as timestamp)) = coalesce(newest.last_update, cast('0001-01-01 00:00:00' as timestamp))
),

ranked as (
    select
        now_there.*,
        row_number() over (
            partition by ticket_id
            order by coalesce(last_update, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from now_there
)

select
    ticket_id,
    last_update,
    id,
    person_type,
    profile_type,
    business_name,
    email,
    phone,
    path_picture,
    address,
    complement,
    cep,
    city,
    bairro,
    number,
    reference
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__ticket_parents AS
with came as (
    select
        ticketId as ticket_id,
        lastUpdate as last_update,
        id as id,
        subject as subject,
        isDeleted as is_deleted,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.ticket_parents
),

now_there as (
    select came.*
    from came
    inner join movidesk.stg_movidesk__ticket_versions as newest
        on came.ticket_id = newest.ticket_id
        and coalesce(came.last_update, cast('0001-01-01 00:00:00' as timestamp)) = coalesce(newest.last_update, cast('0001-01-01 00:00:00' as timestamp))
),

ranked as (
    select
        now_there.*,
        row_number() over (
            partition by ticket_id, id
            order by coalesce(last_update, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from now_there
)

select
    ticket_id,
    last_update,
    id,
    subject,
    is_deleted
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__ticket_status_histories AS
with came as (
    select
        ticketId as ticket_id,
        lastUpdate as last_update,
        position as position,
        status as status,
        justification as justification,
        changedDate as changed_date,
        permanencyTimeFullTime as permanency_time_full_time,
        permanencyTimeWorkingTime as permanency_time_working_time,
        changedById as changed_by_id,
        changedByBusinessName as changed_by_business_name,
        changedByEmail as changed_by_email,
        changedByPhone as changed_by_phone,
        changedByPersonType as changed_by_person_type,
        changedByProfileType as changed_by_profile_type,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.ticket_status_histories
),

now_there as (
    select came.*
    from came
    inner join movidesk.stg_movidesk__ticket_versions as newest
        on came.ticket_id = newest.ticket_id
        and coalesce(came.last_update, cast('0001-01-01 00:00:00' as timestamp)) = coalesce(newest.last_update, cast('0001-01-01 00:00:00' as timestamp))
),

ranked as (
    select
        now_there.*,
        row_number() over (
            partition by ticket_id, position
            order by coalesce(last_update, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from now_there
)

select
    ticket_id,
    last_update,
    position,
    status,
    justification,
    changed_date,
    permanency_time_full_time,
    permanency_time_working_time,
    changed_by_id,
    changed_by_business_name,
    changed_by_email,
    changed_by_phone,
    changed_by_person_type,
    changed_by_profile_type
from ranked
where place = 1;

CREATE OR REPLACE VIEW movidesk.stg_movidesk__ticket_time_appointments AS
with came as (
    select
        ticketId as ticket_id,
        lastUpdate as last_update,
        actionId as action_id,
        id as id,
        activity as activity,
        date as date,
        periodStart as period_start,
        periodEnd as period_end,
        workTime as work_time,
        accountedTime as accounted_time,
        workTypeName as work_type_name,
        createdById as created_by_id,
        createdByBusinessName as created_by_business_name,
        createdByEmail as created_by_email,
        createdByPhone as created_by_phone,
        createdByPersonType as created_by_person_type,
        createdByProfileType as created_by_profile_type,
        createdByTeamId as created_by_team_id,
        createdByTeamName as created_by_team_name,
        _airbyte_extracted_at as extracted_at,
        _airbyte_raw_id as raw_id
    from raw.ticket_time_appointments
),

now_there as (
    select came.*
    from came
    inner join movidesk.stg_movidesk__ticket_versions as newest
        on came.ticket_id = newest.ticket_id
        and coalesce(came.last_update, cast('0001-01-01 00:00:00' as timestamp)) = coalesce(newest.last_update, cast('0001-01-01 00:00:00' as timestamp))
),

ranked as (
    select
        now_there.*,
        row_number() over (
            partition by ticket_id, action_id, id
            order by coalesce(last_update, cast('0001-01-01 00:00:00' as timestamp)) desc, extracted_at desc, raw_id desc
        ) as place
    from now_there
)

select
    ticket_id,
    last_update,
    action_id,
    id,
    activity,
    date,
    period_start,
    period_end,
    work_time,
    accounted_time,
    work_type_name,
    created_by_id,
    created_by_business_name,
    created_by_email,
    created_by_phone,
    created_by_person_type,
    created_by_profile_type,
    created_by_team_id,
    created_by_team_name
from ranked
where place = 1;
