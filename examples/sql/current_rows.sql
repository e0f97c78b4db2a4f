-- The rows that Movidesk has now, on top of the views of views.sql (schema `newest`).
-- When a ticket changes, all of its rows come again with its new `lastUpdate`. So a row whose `lastUpdate` is older
-- than the newest of its ticket is gone: a client taken off the ticket, a custom field's value that disappeared.
-- Likewise people, by `lastChangedDate`.
-- Made by `python -m examples.views`.

CREATE OR REPLACE VIEW tickets AS
SELECT * FROM newest.tickets;

CREATE OR REPLACE VIEW ticket_owners AS
SELECT part.*
FROM newest.ticket_owners AS part
JOIN newest.ticket_versions AS whole ON whole.ticketId = part.ticketId
WHERE part.lastUpdate IS NOT DISTINCT FROM whole.lastUpdate;

CREATE OR REPLACE VIEW ticket_clients AS
SELECT part.*
FROM newest.ticket_clients AS part
JOIN newest.ticket_versions AS whole ON whole.ticketId = part.ticketId
WHERE part.lastUpdate IS NOT DISTINCT FROM whole.lastUpdate;

CREATE OR REPLACE VIEW ticket_actions AS
SELECT part.*
FROM newest.ticket_actions AS part
JOIN newest.ticket_versions AS whole ON whole.ticketId = part.ticketId
WHERE part.lastUpdate IS NOT DISTINCT FROM whole.lastUpdate;

CREATE OR REPLACE VIEW ticket_time_appointments AS
SELECT part.*
FROM newest.ticket_time_appointments AS part
JOIN newest.ticket_versions AS whole ON whole.ticketId = part.ticketId
WHERE part.lastUpdate IS NOT DISTINCT FROM whole.lastUpdate;

CREATE OR REPLACE VIEW ticket_expenses AS
SELECT part.*
FROM newest.ticket_expenses AS part
JOIN newest.ticket_versions AS whole ON whole.ticketId = part.ticketId
WHERE part.lastUpdate IS NOT DISTINCT FROM whole.lastUpdate;

CREATE OR REPLACE VIEW ticket_attachments AS
SELECT part.*
FROM newest.ticket_attachments AS part
JOIN newest.ticket_versions AS whole ON whole.ticketId = part.ticketId
WHERE part.lastUpdate IS NOT DISTINCT FROM whole.lastUpdate;

CREATE OR REPLACE VIEW ticket_custom_field_values AS
SELECT part.*
FROM newest.ticket_custom_field_values AS part
JOIN newest.ticket_versions AS whole ON whole.ticketId = part.ticketId
WHERE part.lastUpdate IS NOT DISTINCT FROM whole.lastUpdate;

CREATE OR REPLACE VIEW ticket_custom_field_items AS
SELECT part.*
FROM newest.ticket_custom_field_items AS part
JOIN newest.ticket_versions AS whole ON whole.ticketId = part.ticketId
WHERE part.lastUpdate IS NOT DISTINCT FROM whole.lastUpdate;

CREATE OR REPLACE VIEW ticket_custom_fields AS
SELECT part.*
FROM newest.ticket_custom_fields AS part
JOIN newest.ticket_versions AS whole ON whole.ticketId = part.ticketId
WHERE part.lastUpdate IS NOT DISTINCT FROM whole.lastUpdate;

CREATE OR REPLACE VIEW ticket_parents AS
SELECT part.*
FROM newest.ticket_parents AS part
JOIN newest.ticket_versions AS whole ON whole.ticketId = part.ticketId
WHERE part.lastUpdate IS NOT DISTINCT FROM whole.lastUpdate;

CREATE OR REPLACE VIEW ticket_children AS
SELECT part.*
FROM newest.ticket_children AS part
JOIN newest.ticket_versions AS whole ON whole.ticketId = part.ticketId
WHERE part.lastUpdate IS NOT DISTINCT FROM whole.lastUpdate;

CREATE OR REPLACE VIEW ticket_status_histories AS
SELECT part.*
FROM newest.ticket_status_histories AS part
JOIN newest.ticket_versions AS whole ON whole.ticketId = part.ticketId
WHERE part.lastUpdate IS NOT DISTINCT FROM whole.lastUpdate;

CREATE OR REPLACE VIEW ticket_owner_histories AS
SELECT part.*
FROM newest.ticket_owner_histories AS part
JOIN newest.ticket_versions AS whole ON whole.ticketId = part.ticketId
WHERE part.lastUpdate IS NOT DISTINCT FROM whole.lastUpdate;

CREATE OR REPLACE VIEW ticket_assets AS
SELECT part.*
FROM newest.ticket_assets AS part
JOIN newest.ticket_versions AS whole ON whole.ticketId = part.ticketId
WHERE part.lastUpdate IS NOT DISTINCT FROM whole.lastUpdate;

CREATE OR REPLACE VIEW ticket_action_html AS
SELECT part.*
FROM newest.ticket_action_html AS part
JOIN newest.ticket_html_versions AS whole ON whole.ticketId = part.ticketId
WHERE part.lastUpdate IS NOT DISTINCT FROM whole.lastUpdate;

CREATE OR REPLACE VIEW merged_tickets AS
SELECT * FROM newest.merged_tickets;

CREATE OR REPLACE VIEW persons AS
SELECT * FROM newest.persons;

CREATE OR REPLACE VIEW person_addresses AS
SELECT part.*
FROM newest.person_addresses AS part
JOIN newest.person_versions AS whole ON whole.personId = part.personId
WHERE part.lastChangedDate IS NOT DISTINCT FROM whole.lastChangedDate;

CREATE OR REPLACE VIEW person_contacts AS
SELECT part.*
FROM newest.person_contacts AS part
JOIN newest.person_versions AS whole ON whole.personId = part.personId
WHERE part.lastChangedDate IS NOT DISTINCT FROM whole.lastChangedDate;

CREATE OR REPLACE VIEW person_emails AS
SELECT part.*
FROM newest.person_emails AS part
JOIN newest.person_versions AS whole ON whole.personId = part.personId
WHERE part.lastChangedDate IS NOT DISTINCT FROM whole.lastChangedDate;

CREATE OR REPLACE VIEW person_teams AS
SELECT part.*
FROM newest.person_teams AS part
JOIN newest.person_versions AS whole ON whole.personId = part.personId
WHERE part.lastChangedDate IS NOT DISTINCT FROM whole.lastChangedDate;

CREATE OR REPLACE VIEW person_relationships AS
SELECT part.*
FROM newest.person_relationships AS part
JOIN newest.person_versions AS whole ON whole.personId = part.personId
WHERE part.lastChangedDate IS NOT DISTINCT FROM whole.lastChangedDate;

CREATE OR REPLACE VIEW person_relationship_services AS
SELECT part.*
FROM newest.person_relationship_services AS part
JOIN newest.person_versions AS whole ON whole.personId = part.personId
WHERE part.lastChangedDate IS NOT DISTINCT FROM whole.lastChangedDate;

CREATE OR REPLACE VIEW person_custom_field_values AS
SELECT part.*
FROM newest.person_custom_field_values AS part
JOIN newest.person_versions AS whole ON whole.personId = part.personId
WHERE part.lastChangedDate IS NOT DISTINCT FROM whole.lastChangedDate;

CREATE OR REPLACE VIEW person_custom_field_items AS
SELECT part.*
FROM newest.person_custom_field_items AS part
JOIN newest.person_versions AS whole ON whole.personId = part.personId
WHERE part.lastChangedDate IS NOT DISTINCT FROM whole.lastChangedDate;

CREATE OR REPLACE VIEW person_custom_fields AS
SELECT part.*
FROM newest.person_custom_fields AS part
JOIN newest.person_versions AS whole ON whole.personId = part.personId
WHERE part.lastChangedDate IS NOT DISTINCT FROM whole.lastChangedDate;

CREATE OR REPLACE VIEW person_assets AS
SELECT part.*
FROM newest.person_assets AS part
JOIN newest.person_versions AS whole ON whole.personId = part.personId
WHERE part.lastChangedDate IS NOT DISTINCT FROM whole.lastChangedDate;

CREATE OR REPLACE VIEW services AS
SELECT * FROM newest.services;

CREATE OR REPLACE VIEW survey_questions AS
SELECT * FROM newest.survey_questions;

CREATE OR REPLACE VIEW survey_question_languages AS
SELECT * FROM newest.survey_question_languages;

CREATE OR REPLACE VIEW survey_responses AS
SELECT * FROM newest.survey_responses;

CREATE OR REPLACE VIEW activities AS
SELECT * FROM newest.activities;

CREATE OR REPLACE VIEW activity_teams AS
SELECT * FROM newest.activity_teams;

CREATE OR REPLACE VIEW time_agreements AS
SELECT * FROM newest.time_agreements;

CREATE OR REPLACE VIEW time_agreement_clients AS
SELECT * FROM newest.time_agreement_clients;

CREATE OR REPLACE VIEW time_agreement_activities AS
SELECT * FROM newest.time_agreement_activities;

CREATE OR REPLACE VIEW time_agreement_consumption_types AS
SELECT * FROM newest.time_agreement_consumption_types;

CREATE OR REPLACE VIEW time_agreement_email_destinations AS
SELECT * FROM newest.time_agreement_email_destinations;

CREATE OR REPLACE VIEW time_agreement_consumptions AS
SELECT * FROM newest.time_agreement_consumptions;

CREATE OR REPLACE VIEW time_agreement_consumption_appointments AS
SELECT * FROM newest.time_agreement_consumption_appointments;

CREATE OR REPLACE VIEW time_agreement_consumption_expenses AS
SELECT * FROM newest.time_agreement_consumption_expenses;

CREATE OR REPLACE VIEW kb_articles AS
SELECT * FROM newest.kb_articles;

CREATE OR REPLACE VIEW kb_article_contents AS
SELECT * FROM newest.kb_article_contents;
