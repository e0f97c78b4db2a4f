-- Makes one person unknown in the tables of the schema `raw`. Write the person's id (or its pseudonym) into the first
-- statement. Erase the person in Movidesk first: what is still there comes again. Names in free text of tickets of
-- others, files outside of the database and its backups are not reached.
-- Made by `python -m examples.forget --write`; with a DuckDB file and an id it does it for the tables of that file.

SET VARIABLE person = 'write the id here';
SET VARIABLE nobody = 'forgotten-' || uuid();

UPDATE raw.tickets SET
    subject = NULL,
    justification = NULL,
    tags = NULL,
    cc = NULL
WHERE id IN (SELECT ticketId FROM raw.ticket_clients WHERE id = getvariable('person'));

UPDATE raw.ticket_actions SET
    description = NULL,
    htmlDescription = NULL,
    justification = NULL,
    tags = NULL
WHERE ticketId IN (SELECT ticketId FROM raw.ticket_clients WHERE id = getvariable('person'));

UPDATE raw.ticket_expenses SET
    serviceReport = NULL
WHERE ticketId IN (SELECT ticketId FROM raw.ticket_clients WHERE id = getvariable('person'));

UPDATE raw.ticket_attachments SET
    fileName = NULL
WHERE ticketId IN (SELECT ticketId FROM raw.ticket_clients WHERE id = getvariable('person'));

UPDATE raw.ticket_custom_field_values SET
    value = NULL,
    valueNumber = NULL,
    valueDateTime = NULL,
    valueTime = NULL
WHERE ticketId IN (SELECT ticketId FROM raw.ticket_clients WHERE id = getvariable('person'));

UPDATE raw.ticket_custom_field_items SET
    customFieldItem = NULL,
    storageFileGuid = NULL,
    fileName = NULL
WHERE ticketId IN (SELECT ticketId FROM raw.ticket_clients WHERE id = getvariable('person'));

UPDATE raw.ticket_parents SET
    subject = NULL
WHERE ticketId IN (SELECT ticketId FROM raw.ticket_clients WHERE id = getvariable('person')) OR id IN (SELECT ticketId FROM raw.ticket_clients WHERE id = getvariable('person'));

UPDATE raw.ticket_children SET
    subject = NULL
WHERE ticketId IN (SELECT ticketId FROM raw.ticket_clients WHERE id = getvariable('person')) OR id IN (SELECT ticketId FROM raw.ticket_clients WHERE id = getvariable('person'));

UPDATE raw.ticket_status_histories SET
    justification = NULL
WHERE ticketId IN (SELECT ticketId FROM raw.ticket_clients WHERE id = getvariable('person'));

UPDATE raw.ticket_assets SET
    name = NULL,
    label = NULL,
    serialNumber = NULL
WHERE ticketId IN (SELECT ticketId FROM raw.ticket_clients WHERE id = getvariable('person'));

UPDATE raw.ticket_action_html SET
    htmlDescription = NULL
WHERE ticketId IN (SELECT ticketId FROM raw.ticket_clients WHERE id = getvariable('person'));

UPDATE raw.survey_responses SET
    commentary = NULL
WHERE ticketId IN (SELECT ticketId FROM raw.ticket_clients WHERE id = getvariable('person')) OR clientId = getvariable('person');

UPDATE raw.tickets SET
    ownerId = getvariable('nobody'),
    ownerBusinessName = NULL,
    ownerEmail = NULL,
    ownerPhone = NULL
WHERE ownerId = getvariable('person');

UPDATE raw.tickets SET
    createdById = getvariable('nobody'),
    createdByBusinessName = NULL,
    createdByEmail = NULL,
    createdByPhone = NULL
WHERE createdById = getvariable('person');

UPDATE raw.tickets SET
    slaSolutionChangedById = getvariable('nobody'),
    slaSolutionChangedByBusinessName = NULL,
    slaSolutionChangedByEmail = NULL,
    slaSolutionChangedByPhone = NULL
WHERE slaSolutionChangedById = getvariable('person');

UPDATE raw.ticket_owners SET
    id = getvariable('nobody'),
    businessName = NULL,
    pathPicture = NULL,
    email = NULL,
    phone = NULL,
    address = NULL,
    complement = NULL,
    cep = NULL,
    city = NULL,
    bairro = NULL,
    number = NULL,
    reference = NULL
WHERE id = getvariable('person');

UPDATE raw.ticket_clients SET
    id = getvariable('nobody'),
    businessName = NULL,
    pathPicture = NULL,
    email = NULL,
    phone = NULL,
    address = NULL,
    complement = NULL,
    cep = NULL,
    city = NULL,
    bairro = NULL,
    number = NULL,
    reference = NULL
WHERE id = getvariable('person');

UPDATE raw.ticket_clients SET
    organizationId = getvariable('nobody'),
    organizationBusinessName = NULL,
    organizationEmail = NULL,
    organizationPhone = NULL
WHERE organizationId = getvariable('person');

UPDATE raw.ticket_actions SET
    createdById = getvariable('nobody'),
    createdByBusinessName = NULL,
    createdByEmail = NULL,
    createdByPhone = NULL
WHERE createdById = getvariable('person');

UPDATE raw.ticket_time_appointments SET
    createdById = getvariable('nobody'),
    createdByBusinessName = NULL,
    createdByEmail = NULL,
    createdByPhone = NULL
WHERE createdById = getvariable('person');

UPDATE raw.ticket_expenses SET
    createdById = getvariable('nobody'),
    createdByBusinessName = NULL,
    createdByEmail = NULL,
    createdByPhone = NULL
WHERE createdById = getvariable('person');

UPDATE raw.ticket_attachments SET
    createdById = getvariable('nobody'),
    createdByBusinessName = NULL,
    createdByEmail = NULL,
    createdByPhone = NULL
WHERE createdById = getvariable('person');

UPDATE raw.ticket_custom_field_items SET
    personId = getvariable('nobody')
WHERE personId = getvariable('person');

UPDATE raw.ticket_custom_field_items SET
    clientId = getvariable('nobody')
WHERE clientId = getvariable('person');

UPDATE raw.ticket_status_histories SET
    changedById = getvariable('nobody'),
    changedByBusinessName = NULL,
    changedByEmail = NULL,
    changedByPhone = NULL
WHERE changedById = getvariable('person');

UPDATE raw.ticket_owner_histories SET
    ownerId = getvariable('nobody'),
    ownerBusinessName = NULL,
    ownerEmail = NULL,
    ownerPhone = NULL
WHERE ownerId = getvariable('person');

UPDATE raw.ticket_owner_histories SET
    changedById = getvariable('nobody'),
    changedByBusinessName = NULL,
    changedByEmail = NULL,
    changedByPhone = NULL
WHERE changedById = getvariable('person');

DELETE FROM raw.persons WHERE id = getvariable('person');

UPDATE raw.persons SET
    bossId = getvariable('nobody'),
    bossName = NULL
WHERE bossId = getvariable('person');

UPDATE raw.persons SET
    createdBy = getvariable('nobody')
WHERE createdBy = getvariable('person');

UPDATE raw.persons SET
    changedBy = getvariable('nobody')
WHERE changedBy = getvariable('person');

DELETE FROM raw.person_addresses WHERE personId = getvariable('person');

DELETE FROM raw.person_contacts WHERE personId = getvariable('person');

DELETE FROM raw.person_emails WHERE personId = getvariable('person');

DELETE FROM raw.person_teams WHERE personId = getvariable('person');

DELETE FROM raw.person_relationships WHERE personId = getvariable('person');

UPDATE raw.person_relationships SET
    id = getvariable('nobody'),
    name = NULL
WHERE id = getvariable('person');

DELETE FROM raw.person_relationship_services WHERE personId = getvariable('person');

UPDATE raw.person_relationship_services SET
    relationshipId = getvariable('nobody')
WHERE relationshipId = getvariable('person');

DELETE FROM raw.person_custom_field_values WHERE personId = getvariable('person');

DELETE FROM raw.person_custom_field_items WHERE personId = getvariable('person');

UPDATE raw.person_custom_field_items SET
    itemPersonId = getvariable('nobody')
WHERE itemPersonId = getvariable('person');

UPDATE raw.person_custom_field_items SET
    clientId = getvariable('nobody')
WHERE clientId = getvariable('person');

DELETE FROM raw.person_custom_fields WHERE personId = getvariable('person');

DELETE FROM raw.person_assets WHERE personId = getvariable('person');

UPDATE raw.survey_responses SET
    clientId = getvariable('nobody')
WHERE clientId = getvariable('person');

UPDATE raw.time_agreement_clients SET
    id = getvariable('nobody'),
    businessName = NULL,
    email = NULL,
    phone = NULL
WHERE id = getvariable('person');

UPDATE raw.time_agreement_clients SET
    organizationId = getvariable('nobody'),
    organizationBusinessName = NULL,
    organizationEmail = NULL,
    organizationPhone = NULL
WHERE organizationId = getvariable('person');

UPDATE raw.time_agreement_consumption_appointments SET
    createdById = getvariable('nobody'),
    createdByBusinessName = NULL,
    createdByEmail = NULL,
    createdByPhone = NULL
WHERE createdById = getvariable('person');

UPDATE raw.time_agreement_consumption_expenses SET
    createdById = getvariable('nobody'),
    createdByBusinessName = NULL,
    createdByEmail = NULL,
    createdByPhone = NULL
WHERE createdById = getvariable('person');
