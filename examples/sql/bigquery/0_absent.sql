-- Made by `make dbt-sql` from the dbt package in dbt/: change that, not this file.
-- Empty tables for streams that you don't sync, as the views ask for all: run it first, and drop such a table
-- before you begin to sync its stream.
-- Order: 0_seeds.sql, 1_staging.sql, 2_marts.sql, and 3_kondado.sql where SQL written for Kondado shall go on working.
-- The destination's tables are taken from the schema `raw`; where yours is another, replace `raw.` by its name.

CREATE TABLE IF NOT EXISTS raw.activities (
    id int64,
    name string,
    isActive bool,
    isAllowsAllTeams bool,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.activity_teams (
    activityId int64,
    name string,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.kb_article_contents (
    id int64,
    updatedAt timestamp,
    articleStatus int64,
    title string,
    slug string,
    summary string,
    contentHtml string,
    contentText string,
    createdDate timestamp,
    updatedDate timestamp,
    revisionId int64,
    readingTime string,
    tags json,
    menuId int64,
    menuName string,
    categories json,
    services json,
    relateds json,
    attachments json,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.kb_articles (
    id int64,
    title string,
    summary string,
    updatedAt timestamp,
    createdAt timestamp,
    status int64,
    tags json,
    menuId int64,
    menuName string,
    categories json,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.merged_tickets (
    ticketId int64,
    mergedTicketId int64,
    mergedTickets int64,
    lastUpdate timestamp,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_addresses (
    personId string,
    lastChangedDate timestamp,
    position int64,
    addressType string,
    country string,
    postalCode string,
    state string,
    city string,
    district string,
    street string,
    number string,
    complement string,
    reference string,
    isDefault bool,
    countryId string,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_assets (
    personId string,
    lastChangedDate timestamp,
    id string,
    name string,
    label string,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_contacts (
    personId string,
    lastChangedDate timestamp,
    position int64,
    contactType string,
    contact string,
    isDefault bool,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_custom_field_items (
    personId string,
    lastChangedDate timestamp,
    customFieldId int64,
    customFieldRuleId int64,
    line int64,
    occurrence int64,
    position int64,
    itemPersonId string,
    clientId string,
    team string,
    customFieldItem string,
    storageFileGuid string,
    fileName string,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_custom_field_values (
    personId string,
    lastChangedDate timestamp,
    customFieldId int64,
    customFieldRuleId int64,
    line int64,
    occurrence int64,
    value string,
    valueNumber bignumeric,
    valueDateTime timestamp,
    valueTime string,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_custom_fields (
    personId string,
    lastChangedDate timestamp,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_emails (
    personId string,
    lastChangedDate timestamp,
    position int64,
    emailType string,
    email string,
    isDefault bool,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_relationship_services (
    personId string,
    lastChangedDate timestamp,
    relationshipPosition int64,
    relationshipId string,
    id int64,
    name string,
    copyToChildren bool,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_relationships (
    personId string,
    lastChangedDate timestamp,
    position int64,
    id string,
    name string,
    slaAgreement string,
    forceChildrenToHaveSomeAgreement bool,
    allowAllServices bool,
    includeInParents bool,
    loadChildOrganizations bool,
    isGetMethod bool,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_teams (
    personId string,
    lastChangedDate timestamp,
    position int64,
    name string,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.persons (
    id string,
    lastChangedDate timestamp,
    codeReferenceAdditional string,
    isActive bool,
    personType int64,
    profileType int64,
    accessProfile string,
    businessName string,
    businessBranch string,
    corporateName string,
    cpfCnpj string,
    userName string,
    accountEmail string,
    role string,
    bossId string,
    bossName string,
    classification string,
    cultureId string,
    timeZoneId string,
    createdDate timestamp,
    createdBy string,
    changedDate timestamp,
    changedBy string,
    observations string,
    authenticateOn string,
    teams json,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.services (
    id int64,
    name string,
    description string,
    parentServiceId int64,
    serviceForTicketType int64,
    isVisible int64,
    allowSelection int64,
    allowFinishTicket bool,
    isActive bool,
    automationMacro string,
    defaultCategory string,
    defaultUrgency string,
    allowAllCategories bool,
    categories json,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.survey_question_languages (
    questionId string,
    cultureId string,
    description string,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.survey_questions (
    id string,
    isActive bool,
    type int64,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.survey_responses (
    id string,
    questionId string,
    clientId string,
    type int64,
    ticketId int64,
    responseDate timestamp,
    commentary string,
    value int64,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.sync_runs (
    startedAt timestamp,
    stream string,
    finishedAt timestamp,
    outcome string,
    stateFrom timestamp,
    stateTo timestamp,
    `rows` int64,
    requests int64,
    lockOuts int64,
    failures int64,
    leftOut int64,
    partial int64,
    counted int64,
    healed int64,
    missing int64,
    connectorVersion string,
    startDate timestamp,
    negativeTicketIds string,
    personalData string,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_action_html (
    ticketId int64,
    lastUpdate timestamp,
    actionId int64,
    createdDate timestamp,
    htmlDescription string,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_actions (
    ticketId int64,
    lastUpdate timestamp,
    id int64,
    type int64,
    origin int64,
    description string,
    htmlDescription string,
    status string,
    justification string,
    createdDate timestamp,
    createdById string,
    createdByBusinessName string,
    createdByEmail string,
    createdByPhone string,
    createdByPersonType int64,
    createdByProfileType int64,
    isDeleted bool,
    tags json,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_assets (
    ticketId int64,
    lastUpdate timestamp,
    id string,
    name string,
    label string,
    serialNumber string,
    categoryFull json,
    categoryFirstLevel string,
    categorySecondLevel string,
    categoryThirdLevel string,
    isDeleted bool,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_attachments (
    ticketId int64,
    lastUpdate timestamp,
    actionId int64,
    path string,
    occurrence int64,
    fileName string,
    createdDate timestamp,
    createdById string,
    createdByBusinessName string,
    createdByEmail string,
    createdByPhone string,
    createdByPersonType int64,
    createdByProfileType int64,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_census (
    id int64,
    lastUpdate timestamp,
    createdDate timestamp,
    isDeleted bool,
    route string,
    countedAt timestamp,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_children (
    ticketId int64,
    lastUpdate timestamp,
    id int64,
    subject string,
    isDeleted bool,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_clients (
    ticketId int64,
    lastUpdate timestamp,
    id string,
    personType int64,
    profileType int64,
    businessName string,
    email string,
    phone string,
    pathPicture string,
    isDeleted bool,
    organizationId string,
    organizationBusinessName string,
    organizationEmail string,
    organizationPhone string,
    organizationPersonType int64,
    organizationProfileType int64,
    address string,
    complement string,
    cep string,
    city string,
    bairro string,
    number string,
    reference string,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_custom_field_items (
    ticketId int64,
    lastUpdate timestamp,
    customFieldId int64,
    customFieldRuleId int64,
    line int64,
    occurrence int64,
    position int64,
    personId string,
    clientId string,
    team string,
    customFieldItem string,
    storageFileGuid string,
    fileName string,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_custom_field_values (
    ticketId int64,
    lastUpdate timestamp,
    customFieldId int64,
    customFieldRuleId int64,
    line int64,
    occurrence int64,
    value string,
    valueNumber bignumeric,
    valueDateTime timestamp,
    valueTime string,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_custom_fields (
    ticketId int64,
    lastUpdate timestamp,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_expenses (
    ticketId int64,
    lastUpdate timestamp,
    actionId int64,
    id int64,
    type string,
    serviceReport string,
    createdById string,
    createdByBusinessName string,
    createdByEmail string,
    createdByPhone string,
    createdByPersonType int64,
    createdByProfileType int64,
    createdByTeamId int64,
    createdByTeamName string,
    date timestamp,
    quantity bignumeric,
    value bignumeric,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_owner_histories (
    ticketId int64,
    lastUpdate timestamp,
    position int64,
    ownerTeam string,
    ownerId string,
    ownerBusinessName string,
    ownerEmail string,
    ownerPhone string,
    ownerPersonType int64,
    ownerProfileType int64,
    changedById string,
    changedByBusinessName string,
    changedByEmail string,
    changedByPhone string,
    changedByPersonType int64,
    changedByProfileType int64,
    changedDate timestamp,
    permanencyTimeFullTime bignumeric,
    permanencyTimeWorkingTime bignumeric,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_owners (
    ticketId int64,
    lastUpdate timestamp,
    id string,
    personType int64,
    profileType int64,
    businessName string,
    email string,
    phone string,
    pathPicture string,
    address string,
    complement string,
    cep string,
    city string,
    bairro string,
    number string,
    reference string,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_parents (
    ticketId int64,
    lastUpdate timestamp,
    id int64,
    subject string,
    isDeleted bool,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_status_histories (
    ticketId int64,
    lastUpdate timestamp,
    position int64,
    status string,
    justification string,
    changedDate timestamp,
    permanencyTimeFullTime bignumeric,
    permanencyTimeWorkingTime bignumeric,
    changedById string,
    changedByBusinessName string,
    changedByEmail string,
    changedByPhone string,
    changedByPersonType int64,
    changedByProfileType int64,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_time_appointments (
    ticketId int64,
    lastUpdate timestamp,
    actionId int64,
    id int64,
    activity string,
    date date,
    periodStart string,
    periodEnd string,
    workTime string,
    accountedTime bignumeric,
    workTypeName string,
    createdById string,
    createdByBusinessName string,
    createdByEmail string,
    createdByPhone string,
    createdByPersonType int64,
    createdByProfileType int64,
    createdByTeamId int64,
    createdByTeamName string,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.tickets (
    id int64,
    absoluteId int64,
    hasNegativeId bool,
    protocol string,
    type int64,
    subject string,
    category string,
    urgency string,
    status string,
    baseStatus string,
    justification string,
    origin int64,
    createdDate timestamp,
    isDeleted bool,
    originEmailAccount string,
    ownerId string,
    ownerBusinessName string,
    ownerEmail string,
    ownerPhone string,
    ownerPersonType int64,
    ownerProfileType int64,
    ownerTeam string,
    createdById string,
    createdByBusinessName string,
    createdByEmail string,
    createdByPhone string,
    createdByPersonType int64,
    createdByProfileType int64,
    serviceFull json,
    serviceFirstLevelId int64,
    serviceFirstLevel string,
    serviceSecondLevel string,
    serviceThirdLevel string,
    contactForm string,
    tags json,
    cc string,
    resolvedIn timestamp,
    closedIn timestamp,
    canceledIn timestamp,
    actionCount int64,
    lifeTimeWorkingTime int64,
    stoppedTime int64,
    stoppedTimeWorkingTime int64,
    resolvedInFirstCall bool,
    chatWidget string,
    chatGroup string,
    chatTalkTime int64,
    chatWaitingTime int64,
    sequence int64,
    slaAgreement string,
    slaAgreementRule string,
    slaSolutionTime int64,
    slaResponseTime int64,
    slaSolutionChangedByUser bool,
    slaSolutionChangedById string,
    slaSolutionChangedByBusinessName string,
    slaSolutionChangedByEmail string,
    slaSolutionChangedByPhone string,
    slaSolutionChangedByPersonType int64,
    slaSolutionChangedByProfileType int64,
    slaSolutionDate timestamp,
    slaSolutionDateIsPaused bool,
    jiraIssueKey string,
    redmineIssueId int64,
    movideskTicketNumber string,
    linkedToIntegratedTicketNumber string,
    reopenedIn timestamp,
    lastActionDate timestamp,
    lastUpdate timestamp,
    slaResponseDate timestamp,
    slaRealResponseDate timestamp,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_activities (
    agreementId int64,
    id int64,
    workingTimeType string,
    activity string,
    franchise bignumeric,
    value bignumeric,
    valueExceededHour bignumeric,
    shootdownContract bool,
    allowHoursExcedent bool,
    activityId int64,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_clients (
    agreementId int64,
    id string,
    businessName string,
    email string,
    phone string,
    personType int64,
    profileType int64,
    isDeleted bool,
    organizationId string,
    organizationBusinessName string,
    organizationEmail string,
    organizationPhone string,
    organizationPersonType int64,
    organizationProfileType int64,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_consumption_appointments (
    agreementId int64,
    period timestamp,
    id int64,
    activity string,
    date date,
    periodStart string,
    periodEnd string,
    workTime string,
    workTypeName string,
    createdById string,
    createdByBusinessName string,
    createdByEmail string,
    createdByPhone string,
    createdByPersonType int64,
    createdByProfileType int64,
    createdByTeamId int64,
    createdByTeamName string,
    ticketNumber string,
    actionNumber int64,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_consumption_expenses (
    agreementId int64,
    period timestamp,
    id int64,
    type string,
    serviceReport string,
    createdById string,
    createdByBusinessName string,
    createdByEmail string,
    createdByPhone string,
    createdByPersonType int64,
    createdByProfileType int64,
    createdByTeamId int64,
    createdByTeamName string,
    date timestamp,
    quantity bignumeric,
    value bignumeric,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_consumption_types (
    agreementId int64,
    id int64,
    workingTimeType string,
    value bignumeric,
    workingTimeAgreementId int64,
    typeActivities json,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_consumptions (
    agreementId int64,
    period timestamp,
    id string,
    name string,
    startPeriod timestamp,
    endPeriod timestamp,
    baseAmount bignumeric,
    exceededHourAmount bignumeric,
    renewalDay int64,
    contractedHours int64,
    differentiateHoursFranchise bool,
    differentiateHoursConsumption bool,
    consumedHours bignumeric,
    discount bignumeric,
    discountType int64,
    typeActivities json,
    clients json,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_email_destinations (
    agreementId int64,
    position int64,
    type string,
    email string,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.time_agreements (
    id int64,
    name string,
    emailSubject string,
    emailDescription string,
    emailAccount string,
    isActive bool,
    differentiateHoursFranchise bool,
    differentiateHoursConsumption bool,
    accumulateUnusedHours bool,
    renewalDay int64,
    contractedHours int64,
    consumptionDeadline int64,
    emailSendDay int64,
    baseAmount bignumeric,
    createdOn timestamp,
    disabledDate timestamp,
    _airbyte_raw_id string,
    _airbyte_extracted_at timestamp
);
