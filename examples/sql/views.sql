-- Each row once, in its newest version, over the tables that PyAirbyte writes into the schema `raw`.
-- Made by `python -m examples.views`; with a DuckDB file as its argument it makes them for the tables of that file.

CREATE OR REPLACE VIEW newest_tickets AS
SELECT id, max(version) AS version
FROM (
    SELECT id AS id, lastUpdate AS version FROM raw.tickets
    UNION ALL SELECT ticketId AS id, lastUpdate AS version FROM raw.ticket_owners
    UNION ALL SELECT ticketId AS id, lastUpdate AS version FROM raw.ticket_clients
    UNION ALL SELECT ticketId AS id, lastUpdate AS version FROM raw.ticket_actions
    UNION ALL SELECT ticketId AS id, lastUpdate AS version FROM raw.ticket_time_appointments
    UNION ALL SELECT ticketId AS id, lastUpdate AS version FROM raw.ticket_expenses
    UNION ALL SELECT ticketId AS id, lastUpdate AS version FROM raw.ticket_attachments
    UNION ALL SELECT ticketId AS id, lastUpdate AS version FROM raw.ticket_custom_field_values
    UNION ALL SELECT ticketId AS id, lastUpdate AS version FROM raw.ticket_custom_field_items
    UNION ALL SELECT ticketId AS id, lastUpdate AS version FROM raw.ticket_parents
    UNION ALL SELECT ticketId AS id, lastUpdate AS version FROM raw.ticket_children
    UNION ALL SELECT ticketId AS id, lastUpdate AS version FROM raw.ticket_status_histories
    UNION ALL SELECT ticketId AS id, lastUpdate AS version FROM raw.ticket_owner_histories
    UNION ALL SELECT ticketId AS id, lastUpdate AS version FROM raw.ticket_assets
)
GROUP BY id;

CREATE OR REPLACE VIEW newest_persons AS
SELECT id, max(version) AS version
FROM (
    SELECT id AS id, lastChangedDate AS version FROM raw.persons
    UNION ALL SELECT personId AS id, lastChangedDate AS version FROM raw.person_addresses
    UNION ALL SELECT personId AS id, lastChangedDate AS version FROM raw.person_contacts
    UNION ALL SELECT personId AS id, lastChangedDate AS version FROM raw.person_emails
    UNION ALL SELECT personId AS id, lastChangedDate AS version FROM raw.person_teams
    UNION ALL SELECT personId AS id, lastChangedDate AS version FROM raw.person_relationships
    UNION ALL SELECT personId AS id, lastChangedDate AS version FROM raw.person_relationship_services
    UNION ALL SELECT personId AS id, lastChangedDate AS version FROM raw.person_custom_field_values
    UNION ALL SELECT personId AS id, lastChangedDate AS version FROM raw.person_custom_field_items
    UNION ALL SELECT personId AS id, lastChangedDate AS version FROM raw.person_assets
)
GROUP BY id;

CREATE OR REPLACE VIEW tickets AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.tickets
QUALIFY row_number() OVER (
    PARTITION BY id
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW ticket_owners AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_owners AS part
SEMI JOIN newest_tickets AS newest
    ON part.ticketId = newest.id AND part.lastUpdate IS NOT DISTINCT FROM newest.version
QUALIFY row_number() OVER (
    PARTITION BY ticketId
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW ticket_clients AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_clients AS part
SEMI JOIN newest_tickets AS newest
    ON part.ticketId = newest.id AND part.lastUpdate IS NOT DISTINCT FROM newest.version
QUALIFY row_number() OVER (
    PARTITION BY ticketId, id
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW ticket_actions AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_actions AS part
SEMI JOIN newest_tickets AS newest
    ON part.ticketId = newest.id AND part.lastUpdate IS NOT DISTINCT FROM newest.version
QUALIFY row_number() OVER (
    PARTITION BY ticketId, id
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW ticket_time_appointments AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_time_appointments AS part
SEMI JOIN newest_tickets AS newest
    ON part.ticketId = newest.id AND part.lastUpdate IS NOT DISTINCT FROM newest.version
QUALIFY row_number() OVER (
    PARTITION BY ticketId, actionId, id
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW ticket_expenses AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_expenses AS part
SEMI JOIN newest_tickets AS newest
    ON part.ticketId = newest.id AND part.lastUpdate IS NOT DISTINCT FROM newest.version
QUALIFY row_number() OVER (
    PARTITION BY ticketId, actionId, id
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW ticket_attachments AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_attachments AS part
SEMI JOIN newest_tickets AS newest
    ON part.ticketId = newest.id AND part.lastUpdate IS NOT DISTINCT FROM newest.version
QUALIFY row_number() OVER (
    PARTITION BY ticketId, actionId, path, occurrence
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW ticket_custom_field_values AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_custom_field_values AS part
SEMI JOIN newest_tickets AS newest
    ON part.ticketId = newest.id AND part.lastUpdate IS NOT DISTINCT FROM newest.version
QUALIFY row_number() OVER (
    PARTITION BY ticketId, customFieldId, customFieldRuleId, line, occurrence
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW ticket_custom_field_items AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_custom_field_items AS part
SEMI JOIN newest_tickets AS newest
    ON part.ticketId = newest.id AND part.lastUpdate IS NOT DISTINCT FROM newest.version
QUALIFY row_number() OVER (
    PARTITION BY ticketId, customFieldId, customFieldRuleId, line, occurrence, position
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW ticket_parents AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_parents AS part
SEMI JOIN newest_tickets AS newest
    ON part.ticketId = newest.id AND part.lastUpdate IS NOT DISTINCT FROM newest.version
QUALIFY row_number() OVER (
    PARTITION BY ticketId, id
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW ticket_children AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_children AS part
SEMI JOIN newest_tickets AS newest
    ON part.ticketId = newest.id AND part.lastUpdate IS NOT DISTINCT FROM newest.version
QUALIFY row_number() OVER (
    PARTITION BY ticketId, id
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW ticket_status_histories AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_status_histories AS part
SEMI JOIN newest_tickets AS newest
    ON part.ticketId = newest.id AND part.lastUpdate IS NOT DISTINCT FROM newest.version
QUALIFY row_number() OVER (
    PARTITION BY ticketId, position
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW ticket_owner_histories AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_owner_histories AS part
SEMI JOIN newest_tickets AS newest
    ON part.ticketId = newest.id AND part.lastUpdate IS NOT DISTINCT FROM newest.version
QUALIFY row_number() OVER (
    PARTITION BY ticketId, position
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW ticket_assets AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_assets AS part
SEMI JOIN newest_tickets AS newest
    ON part.ticketId = newest.id AND part.lastUpdate IS NOT DISTINCT FROM newest.version
QUALIFY row_number() OVER (
    PARTITION BY ticketId, id
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW ticket_action_html AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_action_html
QUALIFY row_number() OVER (
    PARTITION BY ticketId, actionId
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW merged_tickets AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.merged_tickets
QUALIFY row_number() OVER (
    PARTITION BY ticketId, mergedTicketId
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW persons AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.persons
QUALIFY row_number() OVER (
    PARTITION BY id
    ORDER BY lastChangedDate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW person_addresses AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.person_addresses AS part
SEMI JOIN newest_persons AS newest
    ON part.personId = newest.id AND part.lastChangedDate IS NOT DISTINCT FROM newest.version
QUALIFY row_number() OVER (
    PARTITION BY personId, position
    ORDER BY lastChangedDate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW person_contacts AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.person_contacts AS part
SEMI JOIN newest_persons AS newest
    ON part.personId = newest.id AND part.lastChangedDate IS NOT DISTINCT FROM newest.version
QUALIFY row_number() OVER (
    PARTITION BY personId, position
    ORDER BY lastChangedDate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW person_emails AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.person_emails AS part
SEMI JOIN newest_persons AS newest
    ON part.personId = newest.id AND part.lastChangedDate IS NOT DISTINCT FROM newest.version
QUALIFY row_number() OVER (
    PARTITION BY personId, position
    ORDER BY lastChangedDate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW person_teams AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.person_teams AS part
SEMI JOIN newest_persons AS newest
    ON part.personId = newest.id AND part.lastChangedDate IS NOT DISTINCT FROM newest.version
QUALIFY row_number() OVER (
    PARTITION BY personId, position
    ORDER BY lastChangedDate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW person_relationships AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.person_relationships AS part
SEMI JOIN newest_persons AS newest
    ON part.personId = newest.id AND part.lastChangedDate IS NOT DISTINCT FROM newest.version
QUALIFY row_number() OVER (
    PARTITION BY personId, position
    ORDER BY lastChangedDate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW person_relationship_services AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.person_relationship_services AS part
SEMI JOIN newest_persons AS newest
    ON part.personId = newest.id AND part.lastChangedDate IS NOT DISTINCT FROM newest.version
QUALIFY row_number() OVER (
    PARTITION BY personId, relationshipPosition, id
    ORDER BY lastChangedDate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW person_custom_field_values AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.person_custom_field_values AS part
SEMI JOIN newest_persons AS newest
    ON part.personId = newest.id AND part.lastChangedDate IS NOT DISTINCT FROM newest.version
QUALIFY row_number() OVER (
    PARTITION BY personId, customFieldId, customFieldRuleId, line, occurrence
    ORDER BY lastChangedDate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW person_custom_field_items AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.person_custom_field_items AS part
SEMI JOIN newest_persons AS newest
    ON part.personId = newest.id AND part.lastChangedDate IS NOT DISTINCT FROM newest.version
QUALIFY row_number() OVER (
    PARTITION BY personId, customFieldId, customFieldRuleId, line, occurrence, position
    ORDER BY lastChangedDate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW person_assets AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.person_assets AS part
SEMI JOIN newest_persons AS newest
    ON part.personId = newest.id AND part.lastChangedDate IS NOT DISTINCT FROM newest.version
QUALIFY row_number() OVER (
    PARTITION BY personId, id
    ORDER BY lastChangedDate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW services AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.services
QUALIFY row_number() OVER (
    PARTITION BY id
    ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW survey_questions AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.survey_questions
QUALIFY row_number() OVER (
    PARTITION BY id
    ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW survey_question_languages AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.survey_question_languages
QUALIFY row_number() OVER (
    PARTITION BY questionId, cultureId
    ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW survey_responses AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.survey_responses
QUALIFY row_number() OVER (
    PARTITION BY id
    ORDER BY responseDate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW activities AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.activities
QUALIFY row_number() OVER (
    PARTITION BY id
    ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW activity_teams AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.activity_teams
QUALIFY row_number() OVER (
    PARTITION BY activityId, name
    ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW time_agreements AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.time_agreements
QUALIFY row_number() OVER (
    PARTITION BY id
    ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW time_agreement_clients AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.time_agreement_clients
QUALIFY row_number() OVER (
    PARTITION BY agreementId, id
    ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW time_agreement_activities AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.time_agreement_activities
QUALIFY row_number() OVER (
    PARTITION BY agreementId, id
    ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW time_agreement_consumption_types AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.time_agreement_consumption_types
QUALIFY row_number() OVER (
    PARTITION BY agreementId, id
    ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW time_agreement_email_destinations AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.time_agreement_email_destinations
QUALIFY row_number() OVER (
    PARTITION BY agreementId, position
    ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW time_agreement_consumptions AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.time_agreement_consumptions
QUALIFY row_number() OVER (
    PARTITION BY agreementId, period
    ORDER BY period DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW time_agreement_consumption_appointments AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.time_agreement_consumption_appointments
QUALIFY row_number() OVER (
    PARTITION BY agreementId, period, id
    ORDER BY period DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW time_agreement_consumption_expenses AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.time_agreement_consumption_expenses
QUALIFY row_number() OVER (
    PARTITION BY agreementId, period, id
    ORDER BY period DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW kb_articles AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.kb_articles
QUALIFY row_number() OVER (
    PARTITION BY id
    ORDER BY updatedAt DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW kb_article_contents AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.kb_article_contents
QUALIFY row_number() OVER (
    PARTITION BY id
    ORDER BY updatedAt DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;
