-- Made by `make dbt-sql` from the dbt package in dbt/: change that, not this file.
-- Empty tables for streams that you don't sync, as the views ask for all: run it first, and drop such a table
-- before you begin to sync its stream.
-- Order: 0_seeds.sql, 1_staging.sql, 2_marts.sql, and 3_kondado.sql where SQL written for Kondado shall go on working.
-- The destination's tables are taken from the schema `raw`; where yours is another, replace `raw.` by its name.

CREATE TABLE IF NOT EXISTS raw.activities (
    id bigint,
    name varchar,
    isActive boolean,
    isAllowsAllTeams boolean,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.activity_teams (
    activityId bigint,
    name varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.kb_article_contents (
    id bigint,
    updatedAt timestamp_ntz,
    articleStatus bigint,
    title varchar,
    slug varchar,
    summary varchar,
    contentHtml varchar,
    contentText varchar,
    createdDate timestamp_ntz,
    updatedDate timestamp_ntz,
    revisionId bigint,
    readingTime varchar,
    tags variant,
    menuId bigint,
    menuName varchar,
    categories variant,
    services variant,
    relateds variant,
    attachments variant,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.kb_articles (
    id bigint,
    title varchar,
    summary varchar,
    updatedAt timestamp_ntz,
    createdAt timestamp_ntz,
    status bigint,
    tags variant,
    menuId bigint,
    menuName varchar,
    categories variant,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.merged_tickets (
    ticketId bigint,
    mergedTicketId bigint,
    mergedTickets bigint,
    lastUpdate timestamp_ntz,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.person_addresses (
    personId varchar,
    lastChangedDate timestamp_ntz,
    position bigint,
    addressType varchar,
    country varchar,
    postalCode varchar,
    state varchar,
    city varchar,
    district varchar,
    street varchar,
    number varchar,
    complement varchar,
    reference varchar,
    isDefault boolean,
    countryId varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.person_assets (
    personId varchar,
    lastChangedDate timestamp_ntz,
    id varchar,
    name varchar,
    label varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.person_contacts (
    personId varchar,
    lastChangedDate timestamp_ntz,
    position bigint,
    contactType varchar,
    contact varchar,
    isDefault boolean,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.person_custom_field_items (
    personId varchar,
    lastChangedDate timestamp_ntz,
    customFieldId bigint,
    customFieldRuleId bigint,
    line bigint,
    occurrence bigint,
    position bigint,
    itemPersonId varchar,
    clientId varchar,
    team varchar,
    customFieldItem varchar,
    storageFileGuid varchar,
    fileName varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.person_custom_field_values (
    personId varchar,
    lastChangedDate timestamp_ntz,
    customFieldId bigint,
    customFieldRuleId bigint,
    line bigint,
    occurrence bigint,
    value varchar,
    valueNumber decimal(38, 9),
    valueDateTime timestamp_ntz,
    valueTime varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.person_custom_fields (
    personId varchar,
    lastChangedDate timestamp_ntz,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.person_emails (
    personId varchar,
    lastChangedDate timestamp_ntz,
    position bigint,
    emailType varchar,
    email varchar,
    isDefault boolean,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.person_relationship_services (
    personId varchar,
    lastChangedDate timestamp_ntz,
    relationshipPosition bigint,
    relationshipId varchar,
    id bigint,
    name varchar,
    copyToChildren boolean,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.person_relationships (
    personId varchar,
    lastChangedDate timestamp_ntz,
    position bigint,
    id varchar,
    name varchar,
    slaAgreement varchar,
    forceChildrenToHaveSomeAgreement boolean,
    allowAllServices boolean,
    includeInParents boolean,
    loadChildOrganizations boolean,
    isGetMethod boolean,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.person_teams (
    personId varchar,
    lastChangedDate timestamp_ntz,
    position bigint,
    name varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.persons (
    id varchar,
    lastChangedDate timestamp_ntz,
    codeReferenceAdditional varchar,
    isActive boolean,
    personType bigint,
    profileType bigint,
    accessProfile varchar,
    businessName varchar,
    businessBranch varchar,
    corporateName varchar,
    cpfCnpj varchar,
    userName varchar,
    accountEmail varchar,
    role varchar,
    bossId varchar,
    bossName varchar,
    classification varchar,
    cultureId varchar,
    timeZoneId varchar,
    createdDate timestamp_ntz,
    createdBy varchar,
    changedDate timestamp_ntz,
    changedBy varchar,
    observations varchar,
    authenticateOn varchar,
    teams variant,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.services (
    id bigint,
    name varchar,
    description varchar,
    parentServiceId bigint,
    serviceForTicketType bigint,
    isVisible bigint,
    allowSelection bigint,
    allowFinishTicket boolean,
    isActive boolean,
    automationMacro varchar,
    defaultCategory varchar,
    defaultUrgency varchar,
    allowAllCategories boolean,
    categories variant,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.survey_question_languages (
    questionId varchar,
    cultureId varchar,
    description varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.survey_questions (
    id varchar,
    isActive boolean,
    type bigint,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.survey_responses (
    id varchar,
    questionId varchar,
    clientId varchar,
    type bigint,
    ticketId bigint,
    responseDate timestamp_ntz,
    commentary varchar,
    value bigint,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.sync_runs (
    startedAt timestamp_ntz,
    stream varchar,
    finishedAt timestamp_ntz,
    outcome varchar,
    stateFrom timestamp_ntz,
    stateTo timestamp_ntz,
    "ROWS" bigint,
    requests bigint,
    lockOuts bigint,
    failures bigint,
    leftOut bigint,
    partial bigint,
    counted bigint,
    healed bigint,
    missing bigint,
    connectorVersion varchar,
    startDate timestamp_ntz,
    negativeTicketIds varchar,
    personalData varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.ticket_action_html (
    ticketId bigint,
    lastUpdate timestamp_ntz,
    actionId bigint,
    createdDate timestamp_ntz,
    htmlDescription varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.ticket_actions (
    ticketId bigint,
    lastUpdate timestamp_ntz,
    id bigint,
    type bigint,
    origin bigint,
    description varchar,
    htmlDescription varchar,
    status varchar,
    justification varchar,
    createdDate timestamp_ntz,
    createdById varchar,
    createdByBusinessName varchar,
    createdByEmail varchar,
    createdByPhone varchar,
    createdByPersonType bigint,
    createdByProfileType bigint,
    isDeleted boolean,
    tags variant,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.ticket_assets (
    ticketId bigint,
    lastUpdate timestamp_ntz,
    id varchar,
    name varchar,
    label varchar,
    serialNumber varchar,
    categoryFull variant,
    categoryFirstLevel varchar,
    categorySecondLevel varchar,
    categoryThirdLevel varchar,
    isDeleted boolean,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.ticket_attachments (
    ticketId bigint,
    lastUpdate timestamp_ntz,
    actionId bigint,
    path varchar,
    occurrence bigint,
    fileName varchar,
    createdDate timestamp_ntz,
    createdById varchar,
    createdByBusinessName varchar,
    createdByEmail varchar,
    createdByPhone varchar,
    createdByPersonType bigint,
    createdByProfileType bigint,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.ticket_census (
    id bigint,
    lastUpdate timestamp_ntz,
    createdDate timestamp_ntz,
    isDeleted boolean,
    route varchar,
    countedAt timestamp_ntz,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.ticket_children (
    ticketId bigint,
    lastUpdate timestamp_ntz,
    id bigint,
    subject varchar,
    isDeleted boolean,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.ticket_clients (
    ticketId bigint,
    lastUpdate timestamp_ntz,
    id varchar,
    personType bigint,
    profileType bigint,
    businessName varchar,
    email varchar,
    phone varchar,
    pathPicture varchar,
    isDeleted boolean,
    organizationId varchar,
    organizationBusinessName varchar,
    organizationEmail varchar,
    organizationPhone varchar,
    organizationPersonType bigint,
    organizationProfileType bigint,
    address varchar,
    complement varchar,
    cep varchar,
    city varchar,
    bairro varchar,
    number varchar,
    reference varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.ticket_custom_field_items (
    ticketId bigint,
    lastUpdate timestamp_ntz,
    customFieldId bigint,
    customFieldRuleId bigint,
    line bigint,
    occurrence bigint,
    position bigint,
    personId varchar,
    clientId varchar,
    team varchar,
    customFieldItem varchar,
    storageFileGuid varchar,
    fileName varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.ticket_custom_field_values (
    ticketId bigint,
    lastUpdate timestamp_ntz,
    customFieldId bigint,
    customFieldRuleId bigint,
    line bigint,
    occurrence bigint,
    value varchar,
    valueNumber decimal(38, 9),
    valueDateTime timestamp_ntz,
    valueTime varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.ticket_custom_fields (
    ticketId bigint,
    lastUpdate timestamp_ntz,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.ticket_expenses (
    ticketId bigint,
    lastUpdate timestamp_ntz,
    actionId bigint,
    id bigint,
    type varchar,
    serviceReport varchar,
    createdById varchar,
    createdByBusinessName varchar,
    createdByEmail varchar,
    createdByPhone varchar,
    createdByPersonType bigint,
    createdByProfileType bigint,
    createdByTeamId bigint,
    createdByTeamName varchar,
    date timestamp_ntz,
    quantity decimal(38, 9),
    value decimal(38, 9),
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.ticket_owner_histories (
    ticketId bigint,
    lastUpdate timestamp_ntz,
    position bigint,
    ownerTeam varchar,
    ownerId varchar,
    ownerBusinessName varchar,
    ownerEmail varchar,
    ownerPhone varchar,
    ownerPersonType bigint,
    ownerProfileType bigint,
    changedById varchar,
    changedByBusinessName varchar,
    changedByEmail varchar,
    changedByPhone varchar,
    changedByPersonType bigint,
    changedByProfileType bigint,
    changedDate timestamp_ntz,
    permanencyTimeFullTime decimal(38, 9),
    permanencyTimeWorkingTime decimal(38, 9),
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.ticket_owners (
    ticketId bigint,
    lastUpdate timestamp_ntz,
    id varchar,
    personType bigint,
    profileType bigint,
    businessName varchar,
    email varchar,
    phone varchar,
    pathPicture varchar,
    address varchar,
    complement varchar,
    cep varchar,
    city varchar,
    bairro varchar,
    number varchar,
    reference varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.ticket_parents (
    ticketId bigint,
    lastUpdate timestamp_ntz,
    id bigint,
    subject varchar,
    isDeleted boolean,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.ticket_status_histories (
    ticketId bigint,
    lastUpdate timestamp_ntz,
    position bigint,
    status varchar,
    justification varchar,
    changedDate timestamp_ntz,
    permanencyTimeFullTime decimal(38, 9),
    permanencyTimeWorkingTime decimal(38, 9),
    changedById varchar,
    changedByBusinessName varchar,
    changedByEmail varchar,
    changedByPhone varchar,
    changedByPersonType bigint,
    changedByProfileType bigint,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.ticket_time_appointments (
    ticketId bigint,
    lastUpdate timestamp_ntz,
    actionId bigint,
    id bigint,
    activity varchar,
    date date,
    periodStart varchar,
    periodEnd varchar,
    workTime varchar,
    accountedTime decimal(38, 9),
    workTypeName varchar,
    createdById varchar,
    createdByBusinessName varchar,
    createdByEmail varchar,
    createdByPhone varchar,
    createdByPersonType bigint,
    createdByProfileType bigint,
    createdByTeamId bigint,
    createdByTeamName varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.tickets (
    id bigint,
    absoluteId bigint,
    hasNegativeId boolean,
    protocol varchar,
    type bigint,
    subject varchar,
    category varchar,
    urgency varchar,
    status varchar,
    baseStatus varchar,
    justification varchar,
    origin bigint,
    createdDate timestamp_ntz,
    isDeleted boolean,
    originEmailAccount varchar,
    ownerId varchar,
    ownerBusinessName varchar,
    ownerEmail varchar,
    ownerPhone varchar,
    ownerPersonType bigint,
    ownerProfileType bigint,
    ownerTeam varchar,
    createdById varchar,
    createdByBusinessName varchar,
    createdByEmail varchar,
    createdByPhone varchar,
    createdByPersonType bigint,
    createdByProfileType bigint,
    serviceFull variant,
    serviceFirstLevelId bigint,
    serviceFirstLevel varchar,
    serviceSecondLevel varchar,
    serviceThirdLevel varchar,
    contactForm varchar,
    tags variant,
    cc varchar,
    resolvedIn timestamp_ntz,
    closedIn timestamp_ntz,
    canceledIn timestamp_ntz,
    actionCount bigint,
    lifeTimeWorkingTime bigint,
    stoppedTime bigint,
    stoppedTimeWorkingTime bigint,
    resolvedInFirstCall boolean,
    chatWidget varchar,
    chatGroup varchar,
    chatTalkTime bigint,
    chatWaitingTime bigint,
    sequence bigint,
    slaAgreement varchar,
    slaAgreementRule varchar,
    slaSolutionTime bigint,
    slaResponseTime bigint,
    slaSolutionChangedByUser boolean,
    slaSolutionChangedById varchar,
    slaSolutionChangedByBusinessName varchar,
    slaSolutionChangedByEmail varchar,
    slaSolutionChangedByPhone varchar,
    slaSolutionChangedByPersonType bigint,
    slaSolutionChangedByProfileType bigint,
    slaSolutionDate timestamp_ntz,
    slaSolutionDateIsPaused boolean,
    jiraIssueKey varchar,
    redmineIssueId bigint,
    movideskTicketNumber varchar,
    linkedToIntegratedTicketNumber varchar,
    reopenedIn timestamp_ntz,
    lastActionDate timestamp_ntz,
    lastUpdate timestamp_ntz,
    slaResponseDate timestamp_ntz,
    slaRealResponseDate timestamp_ntz,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_activities (
    agreementId bigint,
    id bigint,
    workingTimeType varchar,
    activity varchar,
    franchise decimal(38, 9),
    value decimal(38, 9),
    valueExceededHour decimal(38, 9),
    shootdownContract boolean,
    allowHoursExcedent boolean,
    activityId bigint,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_clients (
    agreementId bigint,
    id varchar,
    businessName varchar,
    email varchar,
    phone varchar,
    personType bigint,
    profileType bigint,
    isDeleted boolean,
    organizationId varchar,
    organizationBusinessName varchar,
    organizationEmail varchar,
    organizationPhone varchar,
    organizationPersonType bigint,
    organizationProfileType bigint,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_consumption_appointments (
    agreementId bigint,
    period timestamp_ntz,
    id bigint,
    activity varchar,
    date date,
    periodStart varchar,
    periodEnd varchar,
    workTime varchar,
    workTypeName varchar,
    createdById varchar,
    createdByBusinessName varchar,
    createdByEmail varchar,
    createdByPhone varchar,
    createdByPersonType bigint,
    createdByProfileType bigint,
    createdByTeamId bigint,
    createdByTeamName varchar,
    ticketNumber varchar,
    actionNumber bigint,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_consumption_expenses (
    agreementId bigint,
    period timestamp_ntz,
    id bigint,
    type varchar,
    serviceReport varchar,
    createdById varchar,
    createdByBusinessName varchar,
    createdByEmail varchar,
    createdByPhone varchar,
    createdByPersonType bigint,
    createdByProfileType bigint,
    createdByTeamId bigint,
    createdByTeamName varchar,
    date timestamp_ntz,
    quantity decimal(38, 9),
    value decimal(38, 9),
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_consumption_types (
    agreementId bigint,
    id bigint,
    workingTimeType varchar,
    value decimal(38, 9),
    workingTimeAgreementId bigint,
    typeActivities variant,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_consumptions (
    agreementId bigint,
    period timestamp_ntz,
    id varchar,
    name varchar,
    startPeriod timestamp_ntz,
    endPeriod timestamp_ntz,
    baseAmount decimal(38, 9),
    exceededHourAmount decimal(38, 9),
    renewalDay bigint,
    contractedHours bigint,
    differentiateHoursFranchise boolean,
    differentiateHoursConsumption boolean,
    consumedHours decimal(38, 9),
    discount decimal(38, 9),
    discountType bigint,
    typeActivities variant,
    clients variant,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_email_destinations (
    agreementId bigint,
    position bigint,
    type varchar,
    email varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);

CREATE TABLE IF NOT EXISTS raw.time_agreements (
    id bigint,
    name varchar,
    emailSubject varchar,
    emailDescription varchar,
    emailAccount varchar,
    isActive boolean,
    differentiateHoursFranchise boolean,
    differentiateHoursConsumption boolean,
    accumulateUnusedHours boolean,
    renewalDay bigint,
    contractedHours bigint,
    consumptionDeadline bigint,
    emailSendDay bigint,
    baseAmount decimal(38, 9),
    createdOn timestamp_ntz,
    disabledDate timestamp_ntz,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp_ntz
);
