-- The tables of Kondado's Movidesk integration, by its names of tables and columns, over the views of current_rows.sql.
-- To rename a view, change the line at its top that begins with CREATE: the name stands nowhere else.
-- Types are those of that product's pages, where numbers of tickets, codes and lists are text.
-- Names come from those pages, too. Where they leave a doubt the comment says so: compare with your own tables.
-- Made by `python -m examples.kondado`; with a DuckDB file as its argument it makes them for the tables of that file.

-- Pessoas: from persons
CREATE OR REPLACE VIEW movidesk_persons AS
SELECT
    id AS id,
    CAST(personType AS VARCHAR) AS persontype,
    classification AS classification,
    bossName AS bossname,
    cultureId AS cultureid,
    cpfCnpj AS cpfcnpj,
    role AS role,
    observations AS observations,
    CAST(profileType AS VARCHAR) AS profiletype,
    timeZoneId AS timezoneid,
    codeReferenceAdditional AS codereferenceadditional,
    createdBy AS createdby,
    createdDate AS createddate,
    bossId AS bossid,
    isActive AS isactive,
    userName AS username,
    changedBy AS changedby,
    authenticateOn AS authenticateon,
    accessProfile AS accessprofile,
    changedDate AS changeddate,
    businessName AS businessname,
    corporateName AS corporatename
FROM persons;

-- from person_relationships
CREATE OR REPLACE VIEW movidesk_persons__relationships AS
SELECT
    personId AS person_id,  -- low confidence
    allowAllServices AS allowallservices,
    CAST(includeInParents AS VARCHAR) AS includeinparents,
    isGetMethod AS isgetmethod,
    name AS name,
    slaAgreement AS slaagreement,
    loadChildOrganizations AS loadchildorganizations,
    forceChildrenToHaveSomeAgreement AS forcechildrentohavesomeagreement,
    id AS id
FROM person_relationships;

-- from person_contacts
CREATE OR REPLACE VIEW movidesk_persons__contacts AS
SELECT
    personId AS person_id,  -- low confidence
    contact AS contact,
    isDefault AS isdefault,
    contactType AS contacttype
FROM person_contacts;

-- from person_emails
CREATE OR REPLACE VIEW movidesk_persons__emails AS
SELECT
    personId AS person_id,  -- low confidence
    emailType AS emailtype,  -- medium confidence
    email AS email,  -- medium confidence
    isDefault AS isdefault  -- medium confidence
FROM person_emails;

-- Tickets: from tickets. The name of the table: medium confidence
CREATE OR REPLACE VIEW movidesk_tickets AS
SELECT
    CAST(id AS VARCHAR) AS id,
    protocol AS protocol,
    CAST(origin AS VARCHAR) AS origin,
    cc AS cc,
    slaSolutionChangedByUser AS slasolutionchangedbyuser,
    ownerId AS owner,  -- medium confidence
    isDeleted AS isdeleted,
    CAST(chatTalkTime AS DOUBLE) AS chattalktime,
    slaSolutionDate AS slasolutiondate,
    movideskTicketNumber AS movideskticketnumber,  -- low confidence: may be movideskTicketNumber or canceledIn
    CAST(redmineIssueId AS VARCHAR) AS redmineissueid,
    closedIn AS closedin,
    CAST(slaSolutionTime AS DOUBLE) AS slasolutiontime,
    CAST(type AS VARCHAR) AS type,
    chatWidget AS chatwidget,
    slaAgreement AS slaagreement,
    createdById AS createdby,  -- low confidence: may be createdBy.id or linkedToIntegratedTicketNumber
    createdDate AS createddate,
    CAST(actionCount AS DOUBLE) AS actioncount,
    serviceFirstLevel AS servicefirstlevel,
    CAST(serviceFull AS VARCHAR) AS servicefull,
    CAST(tags AS VARCHAR) AS tags,
    CAST(sequence AS VARCHAR) AS sequence,
    CAST(slaResponseTime AS DOUBLE) AS slaresponsetime,
    jiraIssueKey AS jiraissuekey,
    serviceThirdLevel AS servicethirdlevel,
    resolvedIn AS resolvedin,
    lastActionDate AS lastactiondate,
    CAST(chatWaitingTime AS DOUBLE) AS chatwaitingtime,
    subject AS subject,
    category AS category,
    slaResponseDate AS slaresponsedate,
    slaAgreementRule AS slaagreementrule,
    reopenedIn AS reopenedin,
    CAST(serviceFirstLevelId AS VARCHAR) AS servicefirstlevelid,
    CAST(lifeTimeWorkingTime AS DOUBLE) AS lifetimeworkingtime,
    slaSolutionDateIsPaused AS slasolutiondateispaused,
    CAST(stoppedTime AS DOUBLE) AS stoppedtime,
    baseStatus AS basestatus,
    status AS status,
    lastUpdate AS lastupdate,
    justification AS justification,
    slaRealResponseDate AS slarealresponsedate,
    originEmailAccount AS originemailaccount,
    chatGroup AS chatgroup,
    ownerTeam AS ownerteam,
    contactForm AS contactform,
    CAST(stoppedTimeWorkingTime AS DOUBLE) AS stoppedtimeworkingtime,
    resolvedInFirstCall AS resolvedinfirstcall,
    serviceSecondLevel AS servicesecondlevel,
    urgency AS urgency
FROM tickets;

-- Clientes dos Tickets: from ticket_clients. The name of the table: low confidence
CREATE OR REPLACE VIEW movidesk_tickets_clients AS
SELECT
    CAST(ticketId AS VARCHAR) AS ticket_id,  -- medium confidence
    CAST(personType AS VARCHAR) AS persontype,
    reference AS reference,
    bairro AS bairro,
    complement AS complement,
    cep AS cep,  -- medium confidence
    number AS number,
    phone AS phone,
    address AS address,  -- medium confidence
    id AS id,
    CAST(isDeleted AS VARCHAR) AS isdeleted,
    city AS city,
    pathPicture AS pathpicture,
    CAST(profileType AS VARCHAR) AS profiletype,
    businessName AS businessname,
    email AS email
FROM ticket_clients;

-- Donos dos Tickets: from ticket_owners. The name of the table: low confidence
CREATE OR REPLACE VIEW movidesk_tickets_owners AS
SELECT
    CAST(ticketId AS VARCHAR) AS ticket_id,  -- medium confidence
    CAST(personType AS VARCHAR) AS persontype,
    reference AS reference,
    bairro AS bairro,
    complement AS complement,
    cep AS cep,  -- medium confidence
    number AS number,
    phone AS phone,
    address AS address,  -- medium confidence
    id AS id,
    city AS city,
    pathPicture AS pathpicture,
    CAST(profileType AS VARCHAR) AS profiletype,
    businessName AS businessname,
    email AS email
FROM ticket_owners;

-- Ações dos Tickets: from ticket_actions. The name of the table: low confidence
CREATE OR REPLACE VIEW movidesk_tickets_actions AS
SELECT
    CAST(ticketId AS VARCHAR) AS ticket_id,  -- medium confidence
    CAST(id AS VARCHAR) AS id,
    CAST(origin AS VARCHAR) AS origin,
    status AS status,
    justification AS justification,
    description AS description,
    createdDate AS createddate,
    htmlDescription AS htmldescription,
    CAST(tags AS VARCHAR) AS tags,
    CAST(type AS VARCHAR) AS type,
    isDeleted AS isdeleted
FROM ticket_actions;

-- Campos customizados dos tickets: from ticket_custom_field_values
CREATE OR REPLACE VIEW movidesk_customFieldValues AS
SELECT
    CAST(ticketId AS VARCHAR) AS ticket_id,  -- medium confidence
    lastUpdate AS lastupdate,
    CAST(line AS DOUBLE) AS line,
    CAST(customFieldRuleId AS VARCHAR) AS customfieldruleid,
    CAST(customFieldId AS VARCHAR) AS customfieldid,
    value AS value
FROM ticket_custom_field_values;

-- from ticket_custom_field_items
CREATE OR REPLACE VIEW movidesk_customFieldValues__items AS
SELECT
    CAST(ticketId AS VARCHAR) AS ticket_id,  -- low confidence
    CAST(customFieldId AS VARCHAR) AS customfieldid,  -- low confidence
    personId AS personid,
    storageFileGuid AS storagefileguid,
    clientId AS clientid,
    fileName AS filename,
    team AS team,
    customFieldItem AS customfielditem
FROM ticket_custom_field_items;

-- Perguntas das pesquisas de satisfação: from survey_questions
CREATE OR REPLACE VIEW movidesk_survey_questions AS
SELECT
    id AS id,
    CAST(type AS DOUBLE) AS type,
    isActive AS isactive
FROM survey_questions;

-- from survey_question_languages
CREATE OR REPLACE VIEW movidesk_survey_questions__languages AS
SELECT
    questionId AS question_id,  -- low confidence
    cultureId AS cultureid,
    description AS description
FROM survey_question_languages;

-- Respostas das pesquisas de satisfação: from survey_responses. The name of the table: medium confidence
CREATE OR REPLACE VIEW movidesk_survey_responses AS
SELECT
    id AS id,
    questionId AS questionid,
    responseDate AS responsedate,
    CAST(value AS DOUBLE) AS value,
    commentary AS commentary,
    CAST(ticketId AS DOUBLE) AS ticketid,
    CAST(type AS DOUBLE) AS type,
    clientId AS clientid
FROM survey_responses;

-- Tickets Pais/Filhos: from ticket_parents. The name of the table: low confidence
CREATE OR REPLACE VIEW movidesk_tickets_parents AS
SELECT
    CAST(ticketId AS VARCHAR) AS ticket_id,  -- medium confidence
    CAST(id AS VARCHAR) AS id,  -- medium confidence
    subject AS subject,  -- medium confidence
    isDeleted AS isdeleted  -- medium confidence
FROM ticket_parents;
