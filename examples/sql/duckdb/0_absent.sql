-- Made by `make dbt-sql` from the dbt package in dbt/: change that, not this file.
-- Empty tables for streams that you don't sync, as the views ask for all: run it first, and drop such a table
-- before you begin to sync its stream.
-- Order: 0_seeds.sql, 1_staging.sql, 2_marts.sql, and 3_kondado.sql where SQL written for Kondado shall go on working.
-- The destination's tables are taken from the schema `raw`; where yours is another, replace `raw.` by its name.

CREATE TABLE IF NOT EXISTS raw.activities (
    id bigint,
    name varchar,
    isactive boolean,
    isallowsallteams boolean,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.activity_teams (
    activityid bigint,
    name varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.kb_article_contents (
    id bigint,
    updatedat timestamp,
    articlestatus bigint,
    title varchar,
    slug varchar,
    summary varchar,
    contenthtml varchar,
    contenttext varchar,
    createddate timestamp,
    updateddate timestamp,
    revisionid bigint,
    readingtime varchar,
    tags json,
    menuid bigint,
    menuname varchar,
    categories json,
    services json,
    relateds json,
    attachments json,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.kb_articles (
    id bigint,
    title varchar,
    summary varchar,
    updatedat timestamp,
    createdat timestamp,
    status bigint,
    tags json,
    menuid bigint,
    menuname varchar,
    categories json,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.merged_tickets (
    ticketid bigint,
    mergedticketid bigint,
    mergedtickets bigint,
    lastupdate timestamp,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_addresses (
    personid varchar,
    lastchangeddate timestamp,
    position bigint,
    addresstype varchar,
    country varchar,
    postalcode varchar,
    state varchar,
    city varchar,
    district varchar,
    street varchar,
    number varchar,
    complement varchar,
    reference varchar,
    isdefault boolean,
    countryid varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_assets (
    personid varchar,
    lastchangeddate timestamp,
    id varchar,
    name varchar,
    label varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_contacts (
    personid varchar,
    lastchangeddate timestamp,
    position bigint,
    contacttype varchar,
    contact varchar,
    isdefault boolean,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_custom_field_items (
    personid varchar,
    lastchangeddate timestamp,
    customfieldid bigint,
    customfieldruleid bigint,
    line bigint,
    occurrence bigint,
    position bigint,
    itempersonid varchar,
    clientid varchar,
    team varchar,
    customfielditem varchar,
    storagefileguid varchar,
    filename varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_custom_field_values (
    personid varchar,
    lastchangeddate timestamp,
    customfieldid bigint,
    customfieldruleid bigint,
    line bigint,
    occurrence bigint,
    value varchar,
    valuenumber decimal(38, 9),
    valuedatetime timestamp,
    valuetime varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_custom_fields (
    personid varchar,
    lastchangeddate timestamp,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_emails (
    personid varchar,
    lastchangeddate timestamp,
    position bigint,
    emailtype varchar,
    email varchar,
    isdefault boolean,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_relationship_services (
    personid varchar,
    lastchangeddate timestamp,
    relationshipposition bigint,
    relationshipid varchar,
    id bigint,
    name varchar,
    copytochildren boolean,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_relationships (
    personid varchar,
    lastchangeddate timestamp,
    position bigint,
    id varchar,
    name varchar,
    slaagreement varchar,
    forcechildrentohavesomeagreement boolean,
    allowallservices boolean,
    includeinparents boolean,
    loadchildorganizations boolean,
    isgetmethod boolean,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.person_teams (
    personid varchar,
    lastchangeddate timestamp,
    position bigint,
    name varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.persons (
    id varchar,
    lastchangeddate timestamp,
    codereferenceadditional varchar,
    isactive boolean,
    persontype bigint,
    profiletype bigint,
    accessprofile varchar,
    businessname varchar,
    businessbranch varchar,
    corporatename varchar,
    cpfcnpj varchar,
    username varchar,
    accountemail varchar,
    role varchar,
    bossid varchar,
    bossname varchar,
    classification varchar,
    cultureid varchar,
    timezoneid varchar,
    createddate timestamp,
    createdby varchar,
    changeddate timestamp,
    changedby varchar,
    observations varchar,
    authenticateon varchar,
    teams json,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.services (
    id bigint,
    name varchar,
    description varchar,
    parentserviceid bigint,
    servicefortickettype bigint,
    isvisible bigint,
    allowselection bigint,
    allowfinishticket boolean,
    isactive boolean,
    automationmacro varchar,
    defaultcategory varchar,
    defaulturgency varchar,
    allowallcategories boolean,
    categories json,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.survey_question_languages (
    questionid varchar,
    cultureid varchar,
    description varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.survey_questions (
    id varchar,
    isactive boolean,
    type bigint,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.survey_responses (
    id varchar,
    questionid varchar,
    clientid varchar,
    type bigint,
    ticketid bigint,
    responsedate timestamp,
    commentary varchar,
    value bigint,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.sync_runs (
    startedat timestamp,
    stream varchar,
    finishedat timestamp,
    outcome varchar,
    statefrom timestamp,
    stateto timestamp,
    rows bigint,
    requests bigint,
    lockouts bigint,
    failures bigint,
    leftout bigint,
    partial bigint,
    counted bigint,
    healed bigint,
    missing bigint,
    connectorversion varchar,
    startdate timestamp,
    negativeticketids varchar,
    personaldata varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_action_html (
    ticketid bigint,
    lastupdate timestamp,
    actionid bigint,
    createddate timestamp,
    htmldescription varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_actions (
    ticketid bigint,
    lastupdate timestamp,
    id bigint,
    type bigint,
    origin bigint,
    description varchar,
    htmldescription varchar,
    status varchar,
    justification varchar,
    createddate timestamp,
    createdbyid varchar,
    createdbybusinessname varchar,
    createdbyemail varchar,
    createdbyphone varchar,
    createdbypersontype bigint,
    createdbyprofiletype bigint,
    isdeleted boolean,
    tags json,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_assets (
    ticketid bigint,
    lastupdate timestamp,
    id varchar,
    name varchar,
    label varchar,
    serialnumber varchar,
    categoryfull json,
    categoryfirstlevel varchar,
    categorysecondlevel varchar,
    categorythirdlevel varchar,
    isdeleted boolean,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_attachments (
    ticketid bigint,
    lastupdate timestamp,
    actionid bigint,
    path varchar,
    occurrence bigint,
    filename varchar,
    createddate timestamp,
    createdbyid varchar,
    createdbybusinessname varchar,
    createdbyemail varchar,
    createdbyphone varchar,
    createdbypersontype bigint,
    createdbyprofiletype bigint,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_census (
    id bigint,
    lastupdate timestamp,
    createddate timestamp,
    isdeleted boolean,
    route varchar,
    countedat timestamp,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_children (
    ticketid bigint,
    lastupdate timestamp,
    id bigint,
    subject varchar,
    isdeleted boolean,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_clients (
    ticketid bigint,
    lastupdate timestamp,
    id varchar,
    persontype bigint,
    profiletype bigint,
    businessname varchar,
    email varchar,
    phone varchar,
    pathpicture varchar,
    isdeleted boolean,
    organizationid varchar,
    organizationbusinessname varchar,
    organizationemail varchar,
    organizationphone varchar,
    organizationpersontype bigint,
    organizationprofiletype bigint,
    address varchar,
    complement varchar,
    cep varchar,
    city varchar,
    bairro varchar,
    number varchar,
    reference varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_custom_field_items (
    ticketid bigint,
    lastupdate timestamp,
    customfieldid bigint,
    customfieldruleid bigint,
    line bigint,
    occurrence bigint,
    position bigint,
    personid varchar,
    clientid varchar,
    team varchar,
    customfielditem varchar,
    storagefileguid varchar,
    filename varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_custom_field_values (
    ticketid bigint,
    lastupdate timestamp,
    customfieldid bigint,
    customfieldruleid bigint,
    line bigint,
    occurrence bigint,
    value varchar,
    valuenumber decimal(38, 9),
    valuedatetime timestamp,
    valuetime varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_custom_fields (
    ticketid bigint,
    lastupdate timestamp,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_expenses (
    ticketid bigint,
    lastupdate timestamp,
    actionid bigint,
    id bigint,
    type varchar,
    servicereport varchar,
    createdbyid varchar,
    createdbybusinessname varchar,
    createdbyemail varchar,
    createdbyphone varchar,
    createdbypersontype bigint,
    createdbyprofiletype bigint,
    createdbyteamid bigint,
    createdbyteamname varchar,
    date timestamp,
    quantity decimal(38, 9),
    value decimal(38, 9),
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_owner_histories (
    ticketid bigint,
    lastupdate timestamp,
    position bigint,
    ownerteam varchar,
    ownerid varchar,
    ownerbusinessname varchar,
    owneremail varchar,
    ownerphone varchar,
    ownerpersontype bigint,
    ownerprofiletype bigint,
    changedbyid varchar,
    changedbybusinessname varchar,
    changedbyemail varchar,
    changedbyphone varchar,
    changedbypersontype bigint,
    changedbyprofiletype bigint,
    changeddate timestamp,
    permanencytimefulltime decimal(38, 9),
    permanencytimeworkingtime decimal(38, 9),
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_owners (
    ticketid bigint,
    lastupdate timestamp,
    id varchar,
    persontype bigint,
    profiletype bigint,
    businessname varchar,
    email varchar,
    phone varchar,
    pathpicture varchar,
    address varchar,
    complement varchar,
    cep varchar,
    city varchar,
    bairro varchar,
    number varchar,
    reference varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_parents (
    ticketid bigint,
    lastupdate timestamp,
    id bigint,
    subject varchar,
    isdeleted boolean,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_status_histories (
    ticketid bigint,
    lastupdate timestamp,
    position bigint,
    status varchar,
    justification varchar,
    changeddate timestamp,
    permanencytimefulltime decimal(38, 9),
    permanencytimeworkingtime decimal(38, 9),
    changedbyid varchar,
    changedbybusinessname varchar,
    changedbyemail varchar,
    changedbyphone varchar,
    changedbypersontype bigint,
    changedbyprofiletype bigint,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.ticket_time_appointments (
    ticketid bigint,
    lastupdate timestamp,
    actionid bigint,
    id bigint,
    activity varchar,
    date date,
    periodstart varchar,
    periodend varchar,
    worktime varchar,
    accountedtime decimal(38, 9),
    worktypename varchar,
    createdbyid varchar,
    createdbybusinessname varchar,
    createdbyemail varchar,
    createdbyphone varchar,
    createdbypersontype bigint,
    createdbyprofiletype bigint,
    createdbyteamid bigint,
    createdbyteamname varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.tickets (
    id bigint,
    absoluteid bigint,
    hasnegativeid boolean,
    protocol varchar,
    type bigint,
    subject varchar,
    category varchar,
    urgency varchar,
    status varchar,
    basestatus varchar,
    justification varchar,
    origin bigint,
    createddate timestamp,
    isdeleted boolean,
    originemailaccount varchar,
    ownerid varchar,
    ownerbusinessname varchar,
    owneremail varchar,
    ownerphone varchar,
    ownerpersontype bigint,
    ownerprofiletype bigint,
    ownerteam varchar,
    createdbyid varchar,
    createdbybusinessname varchar,
    createdbyemail varchar,
    createdbyphone varchar,
    createdbypersontype bigint,
    createdbyprofiletype bigint,
    servicefull json,
    servicefirstlevelid bigint,
    servicefirstlevel varchar,
    servicesecondlevel varchar,
    servicethirdlevel varchar,
    contactform varchar,
    tags json,
    cc varchar,
    resolvedin timestamp,
    closedin timestamp,
    canceledin timestamp,
    actioncount bigint,
    lifetimeworkingtime bigint,
    stoppedtime bigint,
    stoppedtimeworkingtime bigint,
    resolvedinfirstcall boolean,
    chatwidget varchar,
    chatgroup varchar,
    chattalktime bigint,
    chatwaitingtime bigint,
    sequence bigint,
    slaagreement varchar,
    slaagreementrule varchar,
    slasolutiontime bigint,
    slaresponsetime bigint,
    slasolutionchangedbyuser boolean,
    slasolutionchangedbyid varchar,
    slasolutionchangedbybusinessname varchar,
    slasolutionchangedbyemail varchar,
    slasolutionchangedbyphone varchar,
    slasolutionchangedbypersontype bigint,
    slasolutionchangedbyprofiletype bigint,
    slasolutiondate timestamp,
    slasolutiondateispaused boolean,
    jiraissuekey varchar,
    redmineissueid bigint,
    movideskticketnumber varchar,
    linkedtointegratedticketnumber varchar,
    reopenedin timestamp,
    lastactiondate timestamp,
    lastupdate timestamp,
    slaresponsedate timestamp,
    slarealresponsedate timestamp,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_activities (
    agreementid bigint,
    id bigint,
    workingtimetype varchar,
    activity varchar,
    franchise decimal(38, 9),
    value decimal(38, 9),
    valueexceededhour decimal(38, 9),
    shootdowncontract boolean,
    allowhoursexcedent boolean,
    activityid bigint,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_clients (
    agreementid bigint,
    id varchar,
    businessname varchar,
    email varchar,
    phone varchar,
    persontype bigint,
    profiletype bigint,
    isdeleted boolean,
    organizationid varchar,
    organizationbusinessname varchar,
    organizationemail varchar,
    organizationphone varchar,
    organizationpersontype bigint,
    organizationprofiletype bigint,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_consumption_appointments (
    agreementid bigint,
    period timestamp,
    id bigint,
    activity varchar,
    date date,
    periodstart varchar,
    periodend varchar,
    worktime varchar,
    worktypename varchar,
    createdbyid varchar,
    createdbybusinessname varchar,
    createdbyemail varchar,
    createdbyphone varchar,
    createdbypersontype bigint,
    createdbyprofiletype bigint,
    createdbyteamid bigint,
    createdbyteamname varchar,
    ticketnumber varchar,
    actionnumber bigint,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_consumption_expenses (
    agreementid bigint,
    period timestamp,
    id bigint,
    type varchar,
    servicereport varchar,
    createdbyid varchar,
    createdbybusinessname varchar,
    createdbyemail varchar,
    createdbyphone varchar,
    createdbypersontype bigint,
    createdbyprofiletype bigint,
    createdbyteamid bigint,
    createdbyteamname varchar,
    date timestamp,
    quantity decimal(38, 9),
    value decimal(38, 9),
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_consumption_types (
    agreementid bigint,
    id bigint,
    workingtimetype varchar,
    value decimal(38, 9),
    workingtimeagreementid bigint,
    typeactivities json,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_consumptions (
    agreementid bigint,
    period timestamp,
    id varchar,
    name varchar,
    startperiod timestamp,
    endperiod timestamp,
    baseamount decimal(38, 9),
    exceededhouramount decimal(38, 9),
    renewalday bigint,
    contractedhours bigint,
    differentiatehoursfranchise boolean,
    differentiatehoursconsumption boolean,
    consumedhours decimal(38, 9),
    discount decimal(38, 9),
    discounttype bigint,
    typeactivities json,
    clients json,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.time_agreement_email_destinations (
    agreementid bigint,
    position bigint,
    type varchar,
    email varchar,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);

CREATE TABLE IF NOT EXISTS raw.time_agreements (
    id bigint,
    name varchar,
    emailsubject varchar,
    emaildescription varchar,
    emailaccount varchar,
    isactive boolean,
    differentiatehoursfranchise boolean,
    differentiatehoursconsumption boolean,
    accumulateunusedhours boolean,
    renewalday bigint,
    contractedhours bigint,
    consumptiondeadline bigint,
    emailsendday bigint,
    baseamount decimal(38, 9),
    createdon timestamp,
    disableddate timestamp,
    _airbyte_raw_id varchar,
    _airbyte_extracted_at timestamp
);
