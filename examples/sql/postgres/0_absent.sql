-- Made by `make dbt-sql` from the dbt package in dbt/: change that, not this file.
-- Empty tables for streams that you don't sync, as the views ask for all: run it first, and drop such a table
-- before you begin to sync its stream.
-- Order: 0_seeds.sql, 1_staging.sql, 2_marts.sql, and 3_kondado.sql where SQL written for Kondado shall go on working.
-- The destination's tables are taken from the schema `raw`; where yours is another, replace `raw.` by its name.

CREATE TABLE IF NOT EXISTS raw.activities (
    "id" bigint,
    "name" text,
    "isActive" boolean,
    "isAllowsAllTeams" boolean,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.activity_teams (
    "activityId" bigint,
    "name" text,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.kb_article_contents (
    "id" bigint,
    "updatedAt" timestamp,
    "articleStatus" bigint,
    "title" text,
    "slug" text,
    "summary" text,
    "contentHtml" text,
    "contentText" text,
    "createdDate" timestamp,
    "updatedDate" timestamp,
    "revisionId" bigint,
    "readingTime" text,
    "tags" jsonb,
    "menuId" bigint,
    "menuName" text,
    "categories" jsonb,
    "services" jsonb,
    "relateds" jsonb,
    "attachments" jsonb,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.kb_articles (
    "id" bigint,
    "title" text,
    "summary" text,
    "updatedAt" timestamp,
    "createdAt" timestamp,
    "status" bigint,
    "tags" jsonb,
    "menuId" bigint,
    "menuName" text,
    "categories" jsonb,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.merged_tickets (
    "ticketId" bigint,
    "mergedTicketId" bigint,
    "mergedTickets" bigint,
    "lastUpdate" timestamp,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_addresses (
    "personId" text,
    "lastChangedDate" timestamp,
    "position" bigint,
    "addressType" text,
    "country" text,
    "postalCode" text,
    "state" text,
    "city" text,
    "district" text,
    "street" text,
    "number" text,
    "complement" text,
    "reference" text,
    "isDefault" boolean,
    "countryId" text,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_assets (
    "personId" text,
    "lastChangedDate" timestamp,
    "id" text,
    "name" text,
    "label" text,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_contacts (
    "personId" text,
    "lastChangedDate" timestamp,
    "position" bigint,
    "contactType" text,
    "contact" text,
    "isDefault" boolean,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_custom_field_items (
    "personId" text,
    "lastChangedDate" timestamp,
    "customFieldId" bigint,
    "customFieldRuleId" bigint,
    "line" bigint,
    "occurrence" bigint,
    "position" bigint,
    "itemPersonId" text,
    "clientId" text,
    "team" text,
    "customFieldItem" text,
    "storageFileGuid" text,
    "fileName" text,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_custom_field_values (
    "personId" text,
    "lastChangedDate" timestamp,
    "customFieldId" bigint,
    "customFieldRuleId" bigint,
    "line" bigint,
    "occurrence" bigint,
    "value" text,
    "valueNumber" decimal(38, 9),
    "valueDateTime" timestamp,
    "valueTime" text,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_custom_fields (
    "personId" text,
    "lastChangedDate" timestamp,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_emails (
    "personId" text,
    "lastChangedDate" timestamp,
    "position" bigint,
    "emailType" text,
    "email" text,
    "isDefault" boolean,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_relationship_services (
    "personId" text,
    "lastChangedDate" timestamp,
    "relationshipPosition" bigint,
    "relationshipId" text,
    "id" bigint,
    "name" text,
    "copyToChildren" boolean,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_relationships (
    "personId" text,
    "lastChangedDate" timestamp,
    "position" bigint,
    "id" text,
    "name" text,
    "slaAgreement" text,
    "forceChildrenToHaveSomeAgreement" boolean,
    "allowAllServices" boolean,
    "includeInParents" boolean,
    "loadChildOrganizations" boolean,
    "isGetMethod" boolean,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_teams (
    "personId" text,
    "lastChangedDate" timestamp,
    "position" bigint,
    "name" text,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.persons (
    "id" text,
    "lastChangedDate" timestamp,
    "codeReferenceAdditional" text,
    "isActive" boolean,
    "personType" bigint,
    "profileType" bigint,
    "accessProfile" text,
    "businessName" text,
    "businessBranch" text,
    "corporateName" text,
    "cpfCnpj" text,
    "userName" text,
    "accountEmail" text,
    "role" text,
    "bossId" text,
    "bossName" text,
    "classification" text,
    "cultureId" text,
    "timeZoneId" text,
    "createdDate" timestamp,
    "createdBy" text,
    "changedDate" timestamp,
    "changedBy" text,
    "observations" text,
    "authenticateOn" text,
    "teams" jsonb,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.services (
    "id" bigint,
    "name" text,
    "description" text,
    "parentServiceId" bigint,
    "serviceForTicketType" bigint,
    "isVisible" bigint,
    "allowSelection" bigint,
    "allowFinishTicket" boolean,
    "isActive" boolean,
    "automationMacro" text,
    "defaultCategory" text,
    "defaultUrgency" text,
    "allowAllCategories" boolean,
    "categories" jsonb,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.survey_question_languages (
    "questionId" text,
    "cultureId" text,
    "description" text,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.survey_questions (
    "id" text,
    "isActive" boolean,
    "type" bigint,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.survey_responses (
    "id" text,
    "questionId" text,
    "clientId" text,
    "type" bigint,
    "ticketId" bigint,
    "responseDate" timestamp,
    "commentary" text,
    "value" bigint,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.sync_runs (
    "startedAt" timestamp,
    "stream" text,
    "finishedAt" timestamp,
    "outcome" text,
    "stateFrom" timestamp,
    "stateTo" timestamp,
    "rows" bigint,
    "requests" bigint,
    "lockOuts" bigint,
    "failures" bigint,
    "leftOut" bigint,
    "partial" bigint,
    "counted" bigint,
    "healed" bigint,
    "missing" bigint,
    "connectorVersion" text,
    "startDate" timestamp,
    "negativeTicketIds" text,
    "personalData" text,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_action_html (
    "ticketId" bigint,
    "lastUpdate" timestamp,
    "actionId" bigint,
    "createdDate" timestamp,
    "htmlDescription" text,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_actions (
    "ticketId" bigint,
    "lastUpdate" timestamp,
    "id" bigint,
    "type" bigint,
    "origin" bigint,
    "description" text,
    "htmlDescription" text,
    "status" text,
    "justification" text,
    "createdDate" timestamp,
    "createdById" text,
    "createdByBusinessName" text,
    "createdByEmail" text,
    "createdByPhone" text,
    "createdByPersonType" bigint,
    "createdByProfileType" bigint,
    "isDeleted" boolean,
    "tags" jsonb,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_assets (
    "ticketId" bigint,
    "lastUpdate" timestamp,
    "id" text,
    "name" text,
    "label" text,
    "serialNumber" text,
    "categoryFull" jsonb,
    "categoryFirstLevel" text,
    "categorySecondLevel" text,
    "categoryThirdLevel" text,
    "isDeleted" boolean,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_attachments (
    "ticketId" bigint,
    "lastUpdate" timestamp,
    "actionId" bigint,
    "path" text,
    "occurrence" bigint,
    "fileName" text,
    "createdDate" timestamp,
    "createdById" text,
    "createdByBusinessName" text,
    "createdByEmail" text,
    "createdByPhone" text,
    "createdByPersonType" bigint,
    "createdByProfileType" bigint,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_census (
    "id" bigint,
    "lastUpdate" timestamp,
    "createdDate" timestamp,
    "isDeleted" boolean,
    "route" text,
    "countedAt" timestamp,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_children (
    "ticketId" bigint,
    "lastUpdate" timestamp,
    "id" bigint,
    "subject" text,
    "isDeleted" boolean,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_clients (
    "ticketId" bigint,
    "lastUpdate" timestamp,
    "id" text,
    "personType" bigint,
    "profileType" bigint,
    "businessName" text,
    "email" text,
    "phone" text,
    "pathPicture" text,
    "isDeleted" boolean,
    "organizationId" text,
    "organizationBusinessName" text,
    "organizationEmail" text,
    "organizationPhone" text,
    "organizationPersonType" bigint,
    "organizationProfileType" bigint,
    "address" text,
    "complement" text,
    "cep" text,
    "city" text,
    "bairro" text,
    "number" text,
    "reference" text,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_custom_field_items (
    "ticketId" bigint,
    "lastUpdate" timestamp,
    "customFieldId" bigint,
    "customFieldRuleId" bigint,
    "line" bigint,
    "occurrence" bigint,
    "position" bigint,
    "personId" text,
    "clientId" text,
    "team" text,
    "customFieldItem" text,
    "storageFileGuid" text,
    "fileName" text,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_custom_field_values (
    "ticketId" bigint,
    "lastUpdate" timestamp,
    "customFieldId" bigint,
    "customFieldRuleId" bigint,
    "line" bigint,
    "occurrence" bigint,
    "value" text,
    "valueNumber" decimal(38, 9),
    "valueDateTime" timestamp,
    "valueTime" text,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_custom_fields (
    "ticketId" bigint,
    "lastUpdate" timestamp,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_expenses (
    "ticketId" bigint,
    "lastUpdate" timestamp,
    "actionId" bigint,
    "id" bigint,
    "type" text,
    "serviceReport" text,
    "createdById" text,
    "createdByBusinessName" text,
    "createdByEmail" text,
    "createdByPhone" text,
    "createdByPersonType" bigint,
    "createdByProfileType" bigint,
    "createdByTeamId" bigint,
    "createdByTeamName" text,
    "date" timestamp,
    "quantity" decimal(38, 9),
    "value" decimal(38, 9),
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_owner_histories (
    "ticketId" bigint,
    "lastUpdate" timestamp,
    "position" bigint,
    "ownerTeam" text,
    "ownerId" text,
    "ownerBusinessName" text,
    "ownerEmail" text,
    "ownerPhone" text,
    "ownerPersonType" bigint,
    "ownerProfileType" bigint,
    "changedById" text,
    "changedByBusinessName" text,
    "changedByEmail" text,
    "changedByPhone" text,
    "changedByPersonType" bigint,
    "changedByProfileType" bigint,
    "changedDate" timestamp,
    "permanencyTimeFullTime" decimal(38, 9),
    "permanencyTimeWorkingTime" decimal(38, 9),
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_owners (
    "ticketId" bigint,
    "lastUpdate" timestamp,
    "id" text,
    "personType" bigint,
    "profileType" bigint,
    "businessName" text,
    "email" text,
    "phone" text,
    "pathPicture" text,
    "address" text,
    "complement" text,
    "cep" text,
    "city" text,
    "bairro" text,
    "number" text,
    "reference" text,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_parents (
    "ticketId" bigint,
    "lastUpdate" timestamp,
    "id" bigint,
    "subject" text,
    "isDeleted" boolean,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_status_histories (
    "ticketId" bigint,
    "lastUpdate" timestamp,
    "position" bigint,
    "status" text,
    "justification" text,
    "changedDate" timestamp,
    "permanencyTimeFullTime" decimal(38, 9),
    "permanencyTimeWorkingTime" decimal(38, 9),
    "changedById" text,
    "changedByBusinessName" text,
    "changedByEmail" text,
    "changedByPhone" text,
    "changedByPersonType" bigint,
    "changedByProfileType" bigint,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_time_appointments (
    "ticketId" bigint,
    "lastUpdate" timestamp,
    "actionId" bigint,
    "id" bigint,
    "activity" text,
    "date" date,
    "periodStart" text,
    "periodEnd" text,
    "workTime" text,
    "accountedTime" decimal(38, 9),
    "workTypeName" text,
    "createdById" text,
    "createdByBusinessName" text,
    "createdByEmail" text,
    "createdByPhone" text,
    "createdByPersonType" bigint,
    "createdByProfileType" bigint,
    "createdByTeamId" bigint,
    "createdByTeamName" text,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.tickets (
    "id" bigint,
    "absoluteId" bigint,
    "hasNegativeId" boolean,
    "protocol" text,
    "type" bigint,
    "subject" text,
    "category" text,
    "urgency" text,
    "status" text,
    "baseStatus" text,
    "justification" text,
    "origin" bigint,
    "createdDate" timestamp,
    "isDeleted" boolean,
    "originEmailAccount" text,
    "ownerId" text,
    "ownerBusinessName" text,
    "ownerEmail" text,
    "ownerPhone" text,
    "ownerPersonType" bigint,
    "ownerProfileType" bigint,
    "ownerTeam" text,
    "createdById" text,
    "createdByBusinessName" text,
    "createdByEmail" text,
    "createdByPhone" text,
    "createdByPersonType" bigint,
    "createdByProfileType" bigint,
    "serviceFull" jsonb,
    "serviceFirstLevelId" bigint,
    "serviceFirstLevel" text,
    "serviceSecondLevel" text,
    "serviceThirdLevel" text,
    "contactForm" text,
    "tags" jsonb,
    "cc" text,
    "resolvedIn" timestamp,
    "closedIn" timestamp,
    "canceledIn" timestamp,
    "actionCount" bigint,
    "lifeTimeWorkingTime" bigint,
    "stoppedTime" bigint,
    "stoppedTimeWorkingTime" bigint,
    "resolvedInFirstCall" boolean,
    "chatWidget" text,
    "chatGroup" text,
    "chatTalkTime" bigint,
    "chatWaitingTime" bigint,
    "sequence" bigint,
    "slaAgreement" text,
    "slaAgreementRule" text,
    "slaSolutionTime" bigint,
    "slaResponseTime" bigint,
    "slaSolutionChangedByUser" boolean,
    "slaSolutionChangedById" text,
    "slaSolutionChangedByBusinessName" text,
    "slaSolutionChangedByEmail" text,
    "slaSolutionChangedByPhone" text,
    "slaSolutionChangedByPersonType" bigint,
    "slaSolutionChangedByProfileType" bigint,
    "slaSolutionDate" timestamp,
    "slaSolutionDateIsPaused" boolean,
    "jiraIssueKey" text,
    "redmineIssueId" bigint,
    "movideskTicketNumber" text,
    "linkedToIntegratedTicketNumber" text,
    "reopenedIn" timestamp,
    "lastActionDate" timestamp,
    "lastUpdate" timestamp,
    "slaResponseDate" timestamp,
    "slaRealResponseDate" timestamp,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_activities (
    "agreementId" bigint,
    "id" bigint,
    "workingTimeType" text,
    "activity" text,
    "franchise" decimal(38, 9),
    "value" decimal(38, 9),
    "valueExceededHour" decimal(38, 9),
    "shootdownContract" boolean,
    "allowHoursExcedent" boolean,
    "activityId" bigint,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_clients (
    "agreementId" bigint,
    "id" text,
    "businessName" text,
    "email" text,
    "phone" text,
    "personType" bigint,
    "profileType" bigint,
    "isDeleted" boolean,
    "organizationId" text,
    "organizationBusinessName" text,
    "organizationEmail" text,
    "organizationPhone" text,
    "organizationPersonType" bigint,
    "organizationProfileType" bigint,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_consumption_appointments (
    "agreementId" bigint,
    "period" timestamp,
    "id" bigint,
    "activity" text,
    "date" date,
    "periodStart" text,
    "periodEnd" text,
    "workTime" text,
    "workTypeName" text,
    "createdById" text,
    "createdByBusinessName" text,
    "createdByEmail" text,
    "createdByPhone" text,
    "createdByPersonType" bigint,
    "createdByProfileType" bigint,
    "createdByTeamId" bigint,
    "createdByTeamName" text,
    "ticketNumber" text,
    "actionNumber" bigint,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_consumption_expenses (
    "agreementId" bigint,
    "period" timestamp,
    "id" bigint,
    "type" text,
    "serviceReport" text,
    "createdById" text,
    "createdByBusinessName" text,
    "createdByEmail" text,
    "createdByPhone" text,
    "createdByPersonType" bigint,
    "createdByProfileType" bigint,
    "createdByTeamId" bigint,
    "createdByTeamName" text,
    "date" timestamp,
    "quantity" decimal(38, 9),
    "value" decimal(38, 9),
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_consumption_types (
    "agreementId" bigint,
    "id" bigint,
    "workingTimeType" text,
    "value" decimal(38, 9),
    "workingTimeAgreementId" bigint,
    "typeActivities" jsonb,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_consumptions (
    "agreementId" bigint,
    "period" timestamp,
    "id" text,
    "name" text,
    "startPeriod" timestamp,
    "endPeriod" timestamp,
    "baseAmount" decimal(38, 9),
    "exceededHourAmount" decimal(38, 9),
    "renewalDay" bigint,
    "contractedHours" bigint,
    "differentiateHoursFranchise" boolean,
    "differentiateHoursConsumption" boolean,
    "consumedHours" decimal(38, 9),
    "discount" decimal(38, 9),
    "discountType" bigint,
    "typeActivities" jsonb,
    "clients" jsonb,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_email_destinations (
    "agreementId" bigint,
    "position" bigint,
    "type" text,
    "email" text,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);

CREATE TABLE IF NOT EXISTS raw.time_agreements (
    "id" bigint,
    "name" text,
    "emailSubject" text,
    "emailDescription" text,
    "emailAccount" text,
    "isActive" boolean,
    "differentiateHoursFranchise" boolean,
    "differentiateHoursConsumption" boolean,
    "accumulateUnusedHours" boolean,
    "renewalDay" bigint,
    "contractedHours" bigint,
    "consumptionDeadline" bigint,
    "emailSendDay" bigint,
    "baseAmount" decimal(38, 9),
    "createdOn" timestamp,
    "disabledDate" timestamp,
    "_airbyte_raw_id" text,
    "_airbyte_extracted_at" timestamp
);
