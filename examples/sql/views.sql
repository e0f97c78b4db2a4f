-- Each row once, in its newest version, over the tables that PyAirbyte writes into the schema `raw`.
-- These hold rows, too, that a ticket no longer has: current_rows.sql, which is made on top, leaves them out.
-- Made by `python -m examples.views`; with a DuckDB file as its argument it makes both for the tables of that file.

CREATE SCHEMA IF NOT EXISTS newest;

CREATE OR REPLACE VIEW newest.tickets AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.tickets
QUALIFY row_number() OVER (
    PARTITION BY id
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.ticket_owners AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_owners
QUALIFY row_number() OVER (
    PARTITION BY ticketId
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.ticket_clients AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_clients
QUALIFY row_number() OVER (
    PARTITION BY ticketId, id
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.ticket_actions AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_actions
QUALIFY row_number() OVER (
    PARTITION BY ticketId, id
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.ticket_time_appointments AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_time_appointments
QUALIFY row_number() OVER (
    PARTITION BY ticketId, actionId, id
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.ticket_expenses AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_expenses
QUALIFY row_number() OVER (
    PARTITION BY ticketId, actionId, id
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.ticket_attachments AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_attachments
QUALIFY row_number() OVER (
    PARTITION BY ticketId, actionId, path, occurrence
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.ticket_custom_field_values AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_custom_field_values
QUALIFY row_number() OVER (
    PARTITION BY ticketId, customFieldId, customFieldRuleId, line, occurrence
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.ticket_custom_field_items AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_custom_field_items
QUALIFY row_number() OVER (
    PARTITION BY ticketId, customFieldId, customFieldRuleId, line, occurrence, position
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.ticket_custom_fields AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_custom_fields
QUALIFY row_number() OVER (
    PARTITION BY ticketId
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.ticket_parents AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_parents
QUALIFY row_number() OVER (
    PARTITION BY ticketId, id
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.ticket_children AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_children
QUALIFY row_number() OVER (
    PARTITION BY ticketId, id
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.ticket_status_histories AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_status_histories
QUALIFY row_number() OVER (
    PARTITION BY ticketId, position
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.ticket_owner_histories AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_owner_histories
QUALIFY row_number() OVER (
    PARTITION BY ticketId, position
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.ticket_assets AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_assets
QUALIFY row_number() OVER (
    PARTITION BY ticketId, id
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.ticket_action_html AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.ticket_action_html
QUALIFY row_number() OVER (
    PARTITION BY ticketId, actionId
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.merged_tickets AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.merged_tickets
QUALIFY row_number() OVER (
    PARTITION BY ticketId, mergedTicketId
    ORDER BY lastUpdate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.persons AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.persons
QUALIFY row_number() OVER (
    PARTITION BY id
    ORDER BY lastChangedDate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.person_addresses AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.person_addresses
QUALIFY row_number() OVER (
    PARTITION BY personId, position
    ORDER BY lastChangedDate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.person_contacts AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.person_contacts
QUALIFY row_number() OVER (
    PARTITION BY personId, position
    ORDER BY lastChangedDate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.person_emails AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.person_emails
QUALIFY row_number() OVER (
    PARTITION BY personId, position
    ORDER BY lastChangedDate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.person_teams AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.person_teams
QUALIFY row_number() OVER (
    PARTITION BY personId, position
    ORDER BY lastChangedDate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.person_relationships AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.person_relationships
QUALIFY row_number() OVER (
    PARTITION BY personId, position
    ORDER BY lastChangedDate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.person_relationship_services AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.person_relationship_services
QUALIFY row_number() OVER (
    PARTITION BY personId, relationshipPosition, id
    ORDER BY lastChangedDate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.person_custom_field_values AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.person_custom_field_values
QUALIFY row_number() OVER (
    PARTITION BY personId, customFieldId, customFieldRuleId, line, occurrence
    ORDER BY lastChangedDate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.person_custom_field_items AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.person_custom_field_items
QUALIFY row_number() OVER (
    PARTITION BY personId, customFieldId, customFieldRuleId, line, occurrence, position
    ORDER BY lastChangedDate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.person_custom_fields AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.person_custom_fields
QUALIFY row_number() OVER (
    PARTITION BY personId
    ORDER BY lastChangedDate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.person_assets AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.person_assets
QUALIFY row_number() OVER (
    PARTITION BY personId, id
    ORDER BY lastChangedDate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.services AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.services
QUALIFY row_number() OVER (
    PARTITION BY id
    ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.survey_questions AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.survey_questions
QUALIFY row_number() OVER (
    PARTITION BY id
    ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.survey_question_languages AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.survey_question_languages
QUALIFY row_number() OVER (
    PARTITION BY questionId, cultureId
    ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.survey_responses AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.survey_responses
QUALIFY row_number() OVER (
    PARTITION BY id
    ORDER BY responseDate DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.activities AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.activities
QUALIFY row_number() OVER (
    PARTITION BY id
    ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.activity_teams AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.activity_teams
QUALIFY row_number() OVER (
    PARTITION BY activityId, name
    ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.time_agreements AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.time_agreements
QUALIFY row_number() OVER (
    PARTITION BY id
    ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.time_agreement_clients AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.time_agreement_clients
QUALIFY row_number() OVER (
    PARTITION BY agreementId, id
    ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.time_agreement_activities AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.time_agreement_activities
QUALIFY row_number() OVER (
    PARTITION BY agreementId, id
    ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.time_agreement_consumption_types AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.time_agreement_consumption_types
QUALIFY row_number() OVER (
    PARTITION BY agreementId, id
    ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.time_agreement_email_destinations AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.time_agreement_email_destinations
QUALIFY row_number() OVER (
    PARTITION BY agreementId, position
    ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.time_agreement_consumptions AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.time_agreement_consumptions
QUALIFY row_number() OVER (
    PARTITION BY agreementId, period
    ORDER BY period DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.time_agreement_consumption_appointments AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.time_agreement_consumption_appointments
QUALIFY row_number() OVER (
    PARTITION BY agreementId, period, id
    ORDER BY period DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.time_agreement_consumption_expenses AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.time_agreement_consumption_expenses
QUALIFY row_number() OVER (
    PARTITION BY agreementId, period, id
    ORDER BY period DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.kb_articles AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.kb_articles
QUALIFY row_number() OVER (
    PARTITION BY id
    ORDER BY updatedAt DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.kb_article_contents AS
SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)
FROM raw.kb_article_contents
QUALIFY row_number() OVER (
    PARTITION BY id
    ORDER BY updatedAt DESC NULLS LAST, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
) = 1;

CREATE OR REPLACE VIEW newest.ticket_versions AS
SELECT ticketId, max(lastUpdate) AS lastUpdate
FROM (
    SELECT id AS ticketId, lastUpdate FROM raw.tickets
    UNION ALL SELECT ticketId, lastUpdate FROM raw.ticket_owners
    UNION ALL SELECT ticketId, lastUpdate FROM raw.ticket_clients
    UNION ALL SELECT ticketId, lastUpdate FROM raw.ticket_actions
    UNION ALL SELECT ticketId, lastUpdate FROM raw.ticket_time_appointments
    UNION ALL SELECT ticketId, lastUpdate FROM raw.ticket_expenses
    UNION ALL SELECT ticketId, lastUpdate FROM raw.ticket_attachments
    UNION ALL SELECT ticketId, lastUpdate FROM raw.ticket_custom_field_values
    UNION ALL SELECT ticketId, lastUpdate FROM raw.ticket_custom_field_items
    UNION ALL SELECT ticketId, lastUpdate FROM raw.ticket_custom_fields
    UNION ALL SELECT ticketId, lastUpdate FROM raw.ticket_parents
    UNION ALL SELECT ticketId, lastUpdate FROM raw.ticket_children
    UNION ALL SELECT ticketId, lastUpdate FROM raw.ticket_status_histories
    UNION ALL SELECT ticketId, lastUpdate FROM raw.ticket_owner_histories
    UNION ALL SELECT ticketId, lastUpdate FROM raw.ticket_assets
) AS seen
GROUP BY ticketId;

CREATE OR REPLACE VIEW newest.ticket_html_versions AS
SELECT ticketId, max(lastUpdate) AS lastUpdate
FROM (
    SELECT ticketId, lastUpdate FROM raw.ticket_action_html
) AS seen
GROUP BY ticketId;

CREATE OR REPLACE VIEW newest.person_versions AS
SELECT personId, max(lastChangedDate) AS lastChangedDate
FROM (
    SELECT id AS personId, lastChangedDate FROM raw.persons
    UNION ALL SELECT personId, lastChangedDate FROM raw.person_addresses
    UNION ALL SELECT personId, lastChangedDate FROM raw.person_contacts
    UNION ALL SELECT personId, lastChangedDate FROM raw.person_emails
    UNION ALL SELECT personId, lastChangedDate FROM raw.person_teams
    UNION ALL SELECT personId, lastChangedDate FROM raw.person_relationships
    UNION ALL SELECT personId, lastChangedDate FROM raw.person_relationship_services
    UNION ALL SELECT personId, lastChangedDate FROM raw.person_custom_field_values
    UNION ALL SELECT personId, lastChangedDate FROM raw.person_custom_field_items
    UNION ALL SELECT personId, lastChangedDate FROM raw.person_custom_fields
    UNION ALL SELECT personId, lastChangedDate FROM raw.person_assets
) AS seen
GROUP BY personId;
