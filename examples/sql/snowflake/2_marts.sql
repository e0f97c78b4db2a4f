-- Made by `make dbt-sql` from the dbt package in dbt/: change that, not this file.
-- The marts. Where one is read often, make it a table: CREATE TABLE ... AS SELECT * FROM it.
-- Order: 0_seeds.sql, 1_staging.sql, 2_marts.sql, and 3_kondado.sql where SQL written for Kondado shall go on working.
-- The destination's tables are taken from the schema `raw`; where yours is another, replace `raw.` by its name.

CREATE OR REPLACE VIEW movidesk__calendar AS
with days as (
    select cast(dateadd(day, n, cast(dateadd(month, -12 * 3, cast(date_trunc('month', cast(convert_timezone('UTC', 'America/Sao_Paulo', to_timestamp_ntz(convert_timezone('UTC', current_timestamp()))) as date)) as date)) as date)) as date) as day
    from movidesk_integers
)

select
    days.day,
    dateadd(day, 1 - dayofweekiso(days.day), days.day) as week,
    cast(date_trunc('month', days.day) as date) as month,
    extract(year from days.day) as year,
    datediff(day, dateadd(day, 1 - dayofweekiso(days.day), days.day), days.day) + 1 as weekday,
    datediff(day, dateadd(day, 1 - dayofweekiso(days.day), days.day), days.day) > 4 as is_weekend,
    holidays.day is not null as is_holiday,
    holidays.name as holiday,
    days.day = cast(convert_timezone('UTC', 'America/Sao_Paulo', to_timestamp_ntz(convert_timezone('UTC', current_timestamp()))) as date) as is_today,
    cast(date_trunc('month', days.day) as date) = cast(date_trunc('month', cast(convert_timezone('UTC', 'America/Sao_Paulo', to_timestamp_ntz(convert_timezone('UTC', current_timestamp()))) as date)) as date) as is_current_month
from days
left join movidesk_holidays as holidays on holidays.day = days.day
where days.day < cast(dateadd(month, 12, cast(date_trunc('month', cast(convert_timezone('UTC', 'America/Sao_Paulo', to_timestamp_ntz(convert_timezone('UTC', current_timestamp()))) as date)) as date)) as date);

CREATE OR REPLACE VIEW int_movidesk__status_base AS
-- Histories give the name of a status only. What an account means by it is what its tickets of that status say, the
-- newest of them first; `movidesk_status_base` adds names that no ticket has any more.
with named as (
    select
        status,
        base_status,
        row_number() over (partition by status order by last_update desc, id desc) as place
    from stg_movidesk__tickets
    where status is not null and base_status is not null
),

told as (
    select
        cast(null as varchar) as status,
        cast(null as varchar) as base_status
)

select status, base_status from told where status is not null
union all
select named.status, named.base_status
from named
left join told on told.status = named.status
where named.place = 1 and told.status is null;

CREATE OR REPLACE VIEW int_movidesk__tickets AS
-- The tickets with what decides whether they count: deleted ones, and those that a merge absorbed.
with merges as (
    select
        merged_ticket_id,
        ticket_id,
        row_number() over (partition by merged_ticket_id order by last_update desc, ticket_id desc) as place
    from stg_movidesk__merged_tickets
),

flagged as (
    select
        tickets.*,
        coalesce(tickets.is_deleted, false) as was_deleted,
        coalesce(tickets.base_status, '') not in ('Resolved', 'Closed', 'Canceled') as is_open,
        -- A ticket that was reopened may still tell when it was resolved before.
        case when tickets.base_status in ('Resolved', 'Closed') then tickets.resolved_in end as solved_at,
        merges.ticket_id as absorbed_into_id,
        merges.ticket_id is not null as is_absorbed
    from stg_movidesk__tickets as tickets
    left join merges on merges.merged_ticket_id = tickets.id and merges.place = 1
)

select
    flagged.*,
    case
        when was_deleted and 'flag' <> 'keep' then false
        when is_absorbed and 'flag' <> 'keep' then false
        else true
    end as is_counted
from flagged
where not (was_deleted and 'flag' = 'drop')
    and not (is_absorbed and 'flag' = 'drop');

CREATE OR REPLACE VIEW movidesk__completeness AS
with tickets as (
    select id as ticket_id, created_date, last_update, coalesce(is_deleted, false) as is_deleted
    from stg_movidesk__tickets
),

counted as (
    select id as ticket_id, created_date, last_update, coalesce(is_deleted, false) as is_deleted, route, counted_at
    from stg_movidesk__ticket_census
),

census as (
    select max(counted_at) as last_count from counted
),

asked as (
    select max(start_date) as start_date
    from stg_movidesk__sync_runs
    where
        stream = 'tickets'
        and started_at = (select max(started_at) from stg_movidesk__sync_runs where stream = 'tickets')
),

absorbed as (
    select merged_ticket_id as ticket_id, max(ticket_id) as absorbed_into_id
    from stg_movidesk__merged_tickets
    group by merged_ticket_id
),

known as (
    select distinct ticket_id
    from (
        select ticket_id from tickets
        union all
        select ticket_id from counted
        union all
        select ticket_id from absorbed
    ) as every
),

listed as (
    select
        known.ticket_id,
        coalesce(counted.created_date, tickets.created_date) as created_at,
        tickets.last_update,
        counted.last_update as counted_update,
        counted.counted_at,
        counted.route,
        absorbed.absorbed_into_id,
        case
            when
                counted.last_update < asked.start_date
                and (tickets.ticket_id is null or counted.last_update > tickets.last_update)
                then 'before the start date'
            when counted.ticket_id is not null and tickets.ticket_id is null then 'missing'
            when counted.last_update > tickets.last_update then 'stale'
            when absorbed.ticket_id is not null then 'absorbed'
            when tickets.is_deleted then 'deleted'
            -- Changed since the count, so the count needn't have it; else it was listed once and is no longer.
            when counted.ticket_id is null and tickets.last_update < census.last_count then 'no longer listed'
            else 'present'
        end as verdict
    from known
    cross join census
    cross join asked
    left join tickets on tickets.ticket_id = known.ticket_id
    left join counted on counted.ticket_id = known.ticket_id
    left join absorbed on absorbed.ticket_id = known.ticket_id
    where census.last_count is not null
),

-- Between the smallest and the largest ticket: a number that only a merge names may be far beyond them.
range_of_tickets as (
    select min(ticket_id) as smallest, max(ticket_id) as largest
    from listed
    where ticket_id > 0 and created_at is not null
),

borders as (
    select
        listed.ticket_id,
        lead(listed.ticket_id) over (order by listed.ticket_id) as next_id
    from listed
    inner join range_of_tickets
        on listed.ticket_id between range_of_tickets.smallest and range_of_tickets.largest
)

select
    ticket_id,
    verdict,
    1 as numbers,
    created_at,
    last_update,
    counted_update,
    counted_at,
    route,
    absorbed_into_id
from listed
union all
select
    ticket_id + 1 as ticket_id,
    'listed by neither route' as verdict,
    next_id - ticket_id - 1 as numbers,
    cast(null as timestamp_ntz) as created_at,
    cast(null as timestamp_ntz) as last_update,
    cast(null as timestamp_ntz) as counted_update,
    cast(null as timestamp_ntz) as counted_at,
    cast(null as varchar) as route,
    cast(null as bigint) as absorbed_into_id
from borders
where next_id > ticket_id + 1;

CREATE OR REPLACE VIEW movidesk__services AS
-- The tree of services, each with its path from the root: up to eight levels, which is more than the screens allow.

select
    leaf.id as service_id,
    leaf.name as service,
    leaf.parent_service_id as parent_id,
    case
        when above7.id is not null then 8
        when above6.id is not null then 7
        when above5.id is not null then 6
        when above4.id is not null then 5
        when above3.id is not null then 4
        when above2.id is not null then 3
        when above1.id is not null then 2
        else 1
    end as level,
    coalesce(
        above7.name,
        above6.name,
        above5.name,
        above4.name,
        above3.name,
        above2.name,
        above1.name,
        leaf.name
    ) as root,
    coalesce(above7.name || ' > ', '') ||
    coalesce(above6.name || ' > ', '') ||
    coalesce(above5.name || ' > ', '') ||
    coalesce(above4.name || ' > ', '') ||
    coalesce(above3.name || ' > ', '') ||
    coalesce(above2.name || ' > ', '') ||
    coalesce(above1.name || ' > ', '') ||
    leaf.name as path,
    not exists (
        select 1 from stg_movidesk__services as child where child.parent_service_id = leaf.id
    ) as is_leaf,
    leaf.service_for_ticket_type,
    leaf.is_visible,
    leaf.default_category,
    leaf.default_urgency,
    coalesce(leaf.is_active, false) as is_active
from stg_movidesk__services as leaf
left join stg_movidesk__services as above1
    on above1.id = leaf.parent_service_id
left join stg_movidesk__services as above2
    on above2.id = above1.parent_service_id
left join stg_movidesk__services as above3
    on above3.id = above2.parent_service_id
left join stg_movidesk__services as above4
    on above4.id = above3.parent_service_id
left join stg_movidesk__services as above5
    on above5.id = above4.parent_service_id
left join stg_movidesk__services as above6
    on above6.id = above5.parent_service_id
left join stg_movidesk__services as above7
    on above7.id = above6.parent_service_id;

CREATE OR REPLACE VIEW int_movidesk__ticket_clients AS
-- The clients that a ticket counts for, by `movidesk_client`: the first, all of them whole, or all with equal shares.
-- The first is who opened the ticket or, failing that, the one with the smallest id: the API's order isn't kept.
with clients as (
    select
        clients.ticket_id,
        clients.id as client_id,
        clients.business_name as client_name,
        coalesce(clients.organization_id, clients.id) as organization_id,
        coalesce(clients.organization_business_name, clients.business_name) as organization_name,
        row_number() over (
            partition by clients.ticket_id
            order by case when clients.id = tickets.created_by_id then 0 else 1 end, clients.id
        ) as place,
        count(*) over (partition by clients.ticket_id) as clients
    from stg_movidesk__ticket_clients as clients
    inner join int_movidesk__tickets as tickets on tickets.id = clients.ticket_id
    where not coalesce(clients.is_deleted, false)
),

contracts as (
    select
        clients.ticket_id,
        clients.client_id,
        agreements.id as contract_id,
        agreements.name as contract_name,
        row_number() over (
            partition by clients.ticket_id, clients.client_id
            order by case when named.id = clients.client_id then 0 else 1 end, agreements.id
        ) as place
    from clients
    inner join stg_movidesk__time_agreement_clients as named
        on (named.id = clients.client_id or named.id = clients.organization_id)
        and not coalesce(named.is_deleted, false)
    inner join stg_movidesk__time_agreements as agreements
        on agreements.id = named.agreement_id and agreements.is_active
)

select
    clients.ticket_id,
    clients.client_id,
    clients.client_name,
    clients.organization_id,
    clients.organization_name,
    contracts.contract_id,
    contracts.contract_name,
    clients.place = 1 as is_first,
    cast(1 as float) as share
from clients
left join contracts
    on contracts.ticket_id = clients.ticket_id and contracts.client_id = clients.client_id and contracts.place = 1
where clients.place = 1;

CREATE OR REPLACE VIEW movidesk__completeness_monthly AS
-- By the month of opening. A number that nobody lists has no date: it stands under the month of the number before it.
with dated as (
    select
        verdict,
        numbers,
        max(cast(date_trunc('month', cast(convert_timezone('UTC', 'America/Sao_Paulo', created_at) as date)) as date)) over (
            order by ticket_id rows between unbounded preceding and current row
        ) as month_so_far,
        cast(date_trunc('month', cast(convert_timezone('UTC', 'America/Sao_Paulo', created_at) as date)) as date) as month
    from movidesk__completeness
)

select
    coalesce(month, month_so_far) as month,
    sum(numbers) as numbers,
    sum(case when verdict = 'present' then numbers else 0 end) as present,
    sum(case when verdict = 'deleted' then numbers else 0 end) as deleted,
    sum(case when verdict = 'absorbed' then numbers else 0 end) as absorbed,
    sum(case when verdict = 'stale' then numbers else 0 end) as stale,
    sum(case when verdict = 'missing' then numbers else 0 end) as missing,
    sum(case when verdict = 'before the start date' then numbers else 0 end) as before_the_start_date,
    sum(case when verdict = 'no longer listed' then numbers else 0 end) as no_longer_listed,
    sum(case when verdict = 'listed by neither route' then numbers else 0 end) as listed_by_neither_route
from dated
group by 1;

CREATE OR REPLACE VIEW movidesk__owner_intervals AS
with ordered as (
    select
        histories.*,
        row_number() over (partition by ticket_id order by changed_date, position) as interval_number,
        lead(changed_date) over (partition by ticket_id order by changed_date, position) as ended_at
    from stg_movidesk__ticket_owner_histories as histories
)

select
    ordered.ticket_id,
    ordered.interval_number,
    ordered.owner_id,
    ordered.owner_business_name,
    ordered.owner_team,
    ordered.changed_by_id,
    ordered.changed_by_business_name,
    ordered.changed_date as started_at,
    ordered.ended_at,
    ordered.ended_at is null as is_current,
    coalesce(
        cast(ordered.permanency_time_full_time as float),
        cast((datediff(microsecond, ordered.changed_date, ordered.ended_at) / 1000000.0) as float)
    ) as clock_seconds,
    cast(ordered.permanency_time_working_time as float) as working_seconds,
    tickets.is_counted
from ordered
inner join int_movidesk__tickets as tickets on tickets.id = ordered.ticket_id;

CREATE OR REPLACE VIEW movidesk__people AS
with teams as (
    select person_id, min(name) as first_team, count(*) as teams
    from stg_movidesk__person_teams
    group by person_id
),

organizations as (
    select
        person_id,
        id as organization_id,
        name as organization_name,
        sla_agreement,
        row_number() over (partition by person_id order by position) as place
    from stg_movidesk__person_relationships
    where id is not null
)

select
    persons.id as person_id,
    persons.business_name as name,
    persons.corporate_name,
    persons.person_type,
    persons.profile_type,
    persons.profile_type in (1, 3) as is_agent,
    persons.profile_type in (2, 3) as is_client,
    persons.person_type = 2 as is_organization,
    persons.access_profile,
    persons.classification,
    coalesce(persons.is_active, false) as is_active,
    teams.first_team,
    coalesce(teams.teams, 0) as teams,
    organizations.organization_id,
    organizations.organization_name,
    organizations.sla_agreement,
    persons.created_date as created_at,
    persons.last_changed_date
from stg_movidesk__persons as persons
left join teams on teams.person_id = persons.id
left join organizations on organizations.person_id = persons.id and organizations.place = 1;

CREATE OR REPLACE VIEW movidesk__status_intervals AS
with ordered as (
    select
        histories.*,
        row_number() over (partition by ticket_id order by changed_date, position) as interval_number,
        lead(changed_date) over (partition by ticket_id order by changed_date, position) as ended_at
    from stg_movidesk__ticket_status_histories as histories
)

select
    ordered.ticket_id,
    ordered.interval_number,
    ordered.status,
    ordered.justification,
    ordered.changed_by_id,
    ordered.changed_by_business_name,
    ordered.changed_by_profile_type,
    bases.base_status,
    ordered.changed_date as started_at,
    ordered.ended_at,
    ordered.ended_at is null as is_current,
    coalesce(
        cast(ordered.permanency_time_full_time as float),
        cast((datediff(microsecond, ordered.changed_date, ordered.ended_at) / 1000000.0) as float)
    ) as clock_seconds,
    cast(ordered.permanency_time_working_time as float) as working_seconds,
    tickets.is_counted
from ordered
inner join int_movidesk__tickets as tickets on tickets.id = ordered.ticket_id
left join int_movidesk__status_base as bases on bases.status = ordered.status;

CREATE OR REPLACE VIEW movidesk__ticket_sla AS
-- Due dates are Movidesk's own, pauses and working hours are in them already: nothing is computed again.
with promises as (
    select
        id as ticket_id,
        'answer' as promise,
        sla_response_time as agreed_minutes,
        sla_response_date as due_at,
        sla_real_response_date as done_at,
        false as is_paused,
        base_status,
        is_counted
    from int_movidesk__tickets
    union all
    select
        id as ticket_id,
        'solution' as promise,
        sla_solution_time as agreed_minutes,
        sla_solution_date as due_at,
        solved_at as done_at,
        coalesce(sla_solution_date_is_paused, false) as is_paused,
        base_status,
        is_counted
    from int_movidesk__tickets
),

judged as (
    select
        promises.*,
        case
            when due_at is null then 'none'
            when done_at <= due_at then 'met'
            when done_at is not null then 'late'
            when base_status = 'Canceled' then 'canceled'
            -- Over, and what was promised was never done: an answer that nobody gave.
            when base_status in ('Resolved', 'Closed') and due_at < to_timestamp_ntz(convert_timezone('UTC', current_timestamp())) then 'late'
            when base_status in ('Resolved', 'Closed') then 'unknown'
            when is_paused then 'paused'
            when due_at < to_timestamp_ntz(convert_timezone('UTC', current_timestamp())) then 'overdue'
            else 'running'
        end as outcome
    from promises
)

select
    ticket_id,
    promise,
    agreed_minutes,
    due_at,
    done_at,
    is_paused,
    outcome,
    case
        when outcome in ('met') then true
        when outcome in ('late', 'overdue') then false
    end as is_met,
    case
        when outcome in ('met', 'late') then cast((datediff(microsecond, done_at, due_at) / 1000000.0) as float) / 60
        when outcome in ('running', 'overdue') then cast((datediff(microsecond, to_timestamp_ntz(convert_timezone('UTC', current_timestamp())), due_at) / 1000000.0) as float) / 60
    end as minutes_left,
    is_counted
from judged;

CREATE OR REPLACE VIEW int_movidesk__status_events AS
-- What happened to a ticket's standing, one row per event: opened, resolved, canceled, reopened. A ticket stands open
-- in every base status but Resolved, Closed and Canceled; a status without a known base counts as open. A ticket
-- without history (its table may not be synced) is told by its own dates.
with moments as (
    select
        intervals.ticket_id,
        intervals.interval_number,
        case
            when intervals.interval_number = 1 or intervals.started_at < tickets.created_date then tickets.created_date
            else intervals.started_at
        end as happened_at,
        case
            when intervals.base_status in ('Resolved', 'Closed') then 'resolved'
            when intervals.base_status = 'Canceled' then 'canceled'
            else 'open'
        end as standing,
        intervals.changed_by_id,
        intervals.changed_by_business_name,
        intervals.changed_by_profile_type
    from movidesk__status_intervals as intervals
    inner join int_movidesk__tickets as tickets on tickets.id = intervals.ticket_id
),

without_history as (
    select tickets.*
    from int_movidesk__tickets as tickets
    left join (select distinct ticket_id from moments) as known on known.ticket_id = tickets.id
    where known.ticket_id is null
),

turns as (
    select
        moments.*,
        coalesce(
            lag(standing) over (partition by ticket_id order by interval_number), 'open'
        ) as stood
    from moments
),

nobody as (
    select
        cast(null as varchar) as id,
        cast(null as varchar) as business_name,
        cast(null as bigint) as profile_type
)

select
    tickets.id as ticket_id,
    0 as interval_number,
    'opened' as event,
    tickets.created_date as happened_at,
    tickets.created_by_id as by_id,
    tickets.created_by_business_name as by_name,
    tickets.created_by_profile_type as by_profile_type
from int_movidesk__tickets as tickets
union all
select
    ticket_id,
    interval_number,
    case when standing = 'open' then 'reopened' else standing end as event,
    happened_at,
    changed_by_id as by_id,
    changed_by_business_name as by_name,
    changed_by_profile_type as by_profile_type
from turns
where (standing = 'open') <> (stood = 'open')
union all
select
    without_history.id as ticket_id,
    1 as interval_number,
    case when base_status = 'Canceled' then 'canceled' else 'resolved' end as event,
    case
        when base_status = 'Canceled' then coalesce(canceled_in, last_update)
        else coalesce(resolved_in, closed_in, last_update)
    end as happened_at,
    nobody.id as by_id,
    nobody.business_name as by_name,
    nobody.profile_type as by_profile_type
from without_history
cross join nobody
where base_status in ('Resolved', 'Closed', 'Canceled');

CREATE OR REPLACE VIEW movidesk__hours AS
-- An entry of hours, or of an expense, for each client that its ticket counts for: `share` says how much of it.
with entries as (
    select
        'hours' as kind,
        ticket_id,
        action_id,
        id as entry_id,
        date as day,
        activity as what,
        work_type_name as work_type,
        created_by_id as agent_id,
        created_by_business_name as agent_name,
        created_by_team_name as team,
        (cast(split_part(work_time, ':', 1) as bigint) * 3600 + cast(split_part(work_time, ':', 2) as bigint) * 60 + cast(split_part(work_time, ':', 3) as bigint) * 1) as worked_seconds,
        accounted_time as accounted_hours,
        cast(null as decimal(38, 9)) as quantity,
        cast(null as decimal(38, 9)) as amount
    from stg_movidesk__ticket_time_appointments
    union all
    select
        'expense' as kind,
        ticket_id,
        action_id,
        id as entry_id,
        cast(convert_timezone('UTC', 'America/Sao_Paulo', date) as date) as day,
        type as what,
        cast(null as varchar) as work_type,
        created_by_id as agent_id,
        created_by_business_name as agent_name,
        created_by_team_name as team,
        cast(null as bigint) as worked_seconds,
        cast(null as decimal(38, 9)) as accounted_hours,
        quantity,
        value as amount
    from stg_movidesk__ticket_expenses
)

select
    entries.kind,
    entries.ticket_id,
    entries.action_id,
    entries.entry_id,
    clients.client_id,
    clients.client_name,
    clients.organization_id,
    clients.organization_name,
    clients.contract_id,
    clients.contract_name,
    coalesce(clients.share, 1) as share,
    entries.day,
    cast(date_trunc('month', entries.day) as date) as month,
    entries.what,
    entries.work_type,
    entries.agent_id,
    entries.agent_name,
    entries.team,
    entries.worked_seconds,
    entries.accounted_hours,
    entries.quantity,
    entries.amount,
    -- Hours on an action that was deleted later are no work for anybody.
    tickets.is_counted and not coalesce(actions.is_deleted, false) as is_counted
from entries
inner join int_movidesk__tickets as tickets on tickets.id = entries.ticket_id
left join stg_movidesk__ticket_actions as actions
    on actions.ticket_id = entries.ticket_id and actions.id = entries.action_id
left join int_movidesk__ticket_clients as clients on clients.ticket_id = entries.ticket_id;

CREATE OR REPLACE VIEW movidesk__survey_answers AS
-- Each answer by the scale of its own question; answers of different types are never comparable.
with texts as (
    select
        question_id,
        coalesce(
            max(case when culture_id = 'en-US' then description end),
            min(description)
        ) as question
    from stg_movidesk__survey_question_languages
    group by question_id
),

clients as (
    select ticket_id, client_id, organization_id, organization_name, is_first
    from int_movidesk__ticket_clients
)

select
    answers.id as answer_id,
    answers.question_id,
    coalesce(texts.question, answers.question_id) as question,
    answers.type,
    answers.ticket_id,
    answers.client_id,
    coalesce(own.organization_id, firsts.organization_id) as organization_id,
    coalesce(own.organization_name, firsts.organization_name) as organization_name,
    tickets.owner_id,
    tickets.owner_business_name,
    tickets.owner_team,
    tickets.category,
    answers.response_date as answered_at,
    cast(convert_timezone('UTC', 'America/Sao_Paulo', answers.response_date) as date) as answered_day,
    cast(date_trunc('month', cast(convert_timezone('UTC', 'America/Sao_Paulo', answers.response_date) as date)) as date) as month,
    answers.value,
    case
        when answers.value is null then null
        when answers.type in (1, 4) then case when answers.value = 1 then 'good' else 'bad' end
        when answers.type = 2 then case when answers.value > 3 then 'good' when answers.value = 3 then 'neutral' else 'bad' end
        when answers.type = 3 then case when answers.value > 8 then 'good' when answers.value > 6 then 'neutral' else 'bad' end
    end as tone,
    case
        when answers.type <> 3 or answers.value is null then null
        when answers.value > 8 then 'promoter'
        when answers.value > 6 then 'passive'
        else 'detractor'
    end as nps_class,
    answers.commentary,
    coalesce(tickets.is_counted, true) as is_counted
from stg_movidesk__survey_responses as answers
left join texts on texts.question_id = answers.question_id
left join int_movidesk__tickets as tickets on tickets.id = answers.ticket_id
left join clients as own on own.ticket_id = answers.ticket_id and own.client_id = answers.client_id
left join clients as firsts on firsts.ticket_id = answers.ticket_id and firsts.is_first;

CREATE OR REPLACE VIEW movidesk__tickets AS
with clients as (
    select ticket_id, client_id, client_name, organization_id, organization_name, contract_id, contract_name
    from int_movidesk__ticket_clients
    where is_first
),

ends as (
    select
        id,
        case
            when is_open then cast(convert_timezone('UTC', 'America/Sao_Paulo', to_timestamp_ntz(convert_timezone('UTC', current_timestamp()))) as date)
            else coalesce(
                cast(convert_timezone('UTC', 'America/Sao_Paulo', solved_at) as date),
                cast(convert_timezone('UTC', 'America/Sao_Paulo', canceled_in) as date),
                cast(convert_timezone('UTC', 'America/Sao_Paulo', closed_in) as date),
                cast(convert_timezone('UTC', 'America/Sao_Paulo', last_update) as date)
            )
        end as day
    from int_movidesk__tickets
)

select
    tickets.id as ticket_id,
    tickets.protocol,
    tickets.subject,
    tickets.type,
    tickets.category,
    tickets.urgency,
    tickets.status,
    tickets.base_status,
    tickets.justification,
    tickets.origin,
    tickets.origin_email_account,
    tickets.contact_form,
    tickets.chat_widget,
    tickets.chat_group,
    tickets.owner_id,
    tickets.owner_business_name,
    tickets.owner_team,
    tickets.created_by_id,
    tickets.created_by_business_name,
    clients.client_id,
    clients.client_name,
    clients.organization_id,
    clients.organization_name,
    clients.contract_id,
    clients.contract_name,
    tickets.service_first_level_id as service_id,
    tickets.service_first_level as service,
    array_to_string(tickets.service_full, ' > ') as service_path,
    array_to_string(tickets.tags, ', ') as tags,
    tickets.sla_agreement,
    tickets.sla_agreement_rule,
    tickets.created_date as created_at,
    cast(convert_timezone('UTC', 'America/Sao_Paulo', tickets.created_date) as date) as created_day,
    tickets.solved_at as resolved_at,
    cast(convert_timezone('UTC', 'America/Sao_Paulo', tickets.solved_at) as date) as resolved_day,
    tickets.closed_in as closed_at,
    tickets.canceled_in as canceled_at,
    tickets.reopened_in as reopened_at,
    tickets.last_action_date as last_action_at,
    tickets.last_update,
    tickets.action_count,
    tickets.is_open,
    datediff(day, cast(convert_timezone('UTC', 'America/Sao_Paulo', tickets.created_date) as date), ends.day) as age_days,
    tickets.was_deleted as is_deleted,
    tickets.is_absorbed,
    tickets.absorbed_into_id,
    coalesce(tickets.has_negative_id, false) as is_negative,
    coalesce(
        tickets.is_open
        and not coalesce(tickets.sla_solution_date_is_paused, false)
        and tickets.sla_solution_date < to_timestamp_ntz(convert_timezone('UTC', current_timestamp())),
        false
    ) as is_late,
    tickets.is_counted
from int_movidesk__tickets as tickets
left join clients on clients.ticket_id = tickets.id
left join ends on ends.id = tickets.id;

CREATE OR REPLACE VIEW int_movidesk__backlog_spans AS
-- Stretches of local days at whose end a ticket stood open in one status, with one owner and one team. Small beside
-- the days themselves, and made anew each time, so that the days need only be written where a stretch is new.
with tickets as (
    select
        id,
        status,
        base_status,
        owner_id,
        owner_business_name,
        owner_team,
        sla_solution_date,
        cast(convert_timezone('UTC', 'America/Sao_Paulo', created_date) as date) as created_day,
        created_date
    from int_movidesk__tickets
    where is_counted
),

-- The last status of each day, the first one from the day of opening.
status_days as (
    select
        intervals.ticket_id,
        intervals.interval_number,
        intervals.status,
        intervals.base_status,
        case
            when intervals.interval_number = 1 or intervals.started_at < tickets.created_date then tickets.created_day
            else cast(convert_timezone('UTC', 'America/Sao_Paulo', intervals.started_at) as date)
        end as day
    from movidesk__status_intervals as intervals
    inner join tickets on tickets.id = intervals.ticket_id
),

-- Without a history there is only what the ticket says of itself now.
known_status as (
    select ticket_id, interval_number, status, base_status, day from status_days
    union all
    select
        events.ticket_id,
        events.interval_number,
        case when events.event <> 'opened' or not events.closes then tickets.status end as status,
        case when events.event <> 'opened' or not events.closes then tickets.base_status end as base_status,
        cast(convert_timezone('UTC', 'America/Sao_Paulo', events.happened_at) as date) as day
    from (
        select
            ticket_id,
            interval_number,
            event,
            happened_at,
            count(*) over (partition by ticket_id) > 1 as closes
        from int_movidesk__status_events
    ) as events
    inner join tickets on tickets.id = events.ticket_id
    left join (select distinct ticket_id from status_days) as told on told.ticket_id = events.ticket_id
    where told.ticket_id is null
),

status_ends as (
    select
        ticket_id,
        status,
        base_status,
        day,
        row_number() over (partition by ticket_id, day order by interval_number desc) as place
    from known_status
),

status_spans as (
    select
        ticket_id,
        status,
        base_status,
        day as first_day,
        coalesce(lead(day) over (partition by ticket_id order by day), cast('9999-12-31' as date)) as next_day
    from status_ends
    where place = 1
),

owner_days as (
    select
        intervals.ticket_id,
        intervals.interval_number,
        intervals.owner_id,
        intervals.owner_business_name,
        intervals.owner_team,
        case
            when intervals.started_at < tickets.created_date then tickets.created_day
            else cast(convert_timezone('UTC', 'America/Sao_Paulo', intervals.started_at) as date)
        end as day
    from movidesk__owner_intervals as intervals
    inner join tickets on tickets.id = intervals.ticket_id
    union all
    -- Before the first change nobody had it; where none is told, whoever has it now always had.
    select
        tickets.id as ticket_id,
        0 as interval_number,
        case when told.ticket_id is null then tickets.owner_id end as owner_id,
        case when told.ticket_id is null then tickets.owner_business_name end as owner_business_name,
        case when told.ticket_id is null then tickets.owner_team end as owner_team,
        tickets.created_day as day
    from tickets
    left join (select distinct ticket_id from movidesk__owner_intervals) as told
        on told.ticket_id = tickets.id
),

owner_ends as (
    select
        owner_days.*,
        row_number() over (partition by ticket_id, day order by interval_number desc) as place
    from owner_days
),

owner_spans as (
    select
        ticket_id,
        owner_id,
        owner_business_name,
        owner_team,
        day as first_day,
        coalesce(lead(day) over (partition by ticket_id order by day), cast('9999-12-31' as date)) as next_day
    from owner_ends
    where place = 1
),

spans as (
    select
        status_spans.ticket_id,
        status_spans.status,
        status_spans.base_status,
        owner_spans.owner_id,
        owner_spans.owner_business_name,
        owner_spans.owner_team,
        tickets.created_day,
        tickets.sla_solution_date,
        case
            when status_spans.first_day > owner_spans.first_day then status_spans.first_day else owner_spans.first_day
        end as first_day,
        case
            when status_spans.next_day < owner_spans.next_day then status_spans.next_day else owner_spans.next_day
        end as next_day
    from status_spans
    inner join owner_spans
        on owner_spans.ticket_id = status_spans.ticket_id
        and owner_spans.first_day < status_spans.next_day
        and owner_spans.next_day > status_spans.first_day
    inner join tickets on tickets.id = status_spans.ticket_id
    where coalesce(status_spans.base_status, '') not in ('Resolved', 'Closed', 'Canceled')
)

select
    spans.*,
    -- Whatever the days of the stretch are made from: another key means that they must be written anew.
    md5(coalesce(cast(ticket_id as varchar), '') || '|' || coalesce(cast(status as varchar), '') || '|' || coalesce(cast(base_status as varchar), '') || '|' || coalesce(cast(owner_id as varchar), '') || '|' || coalesce(cast(owner_business_name as varchar), '') || '|' || coalesce(cast(owner_team as varchar), '') || '|' || coalesce(cast(created_day as varchar), '') || '|' || coalesce(cast(sla_solution_date as varchar), '') || '|' || coalesce(cast(first_day as varchar), '') || '|' || coalesce(cast(next_day as varchar), '')) as span_key
from spans;

CREATE OR REPLACE VIEW movidesk__agent_daily AS
with done as (
    select
        cast(convert_timezone('UTC', 'America/Sao_Paulo', actions.created_date) as date) as day,
        actions.created_by_id as agent_id,
        actions.created_by_business_name as agent_name,
        1 as actions,
        case when actions.type = 2 and actions.id > 1 then 1 else 0 end as answers,
        0 as resolved,
        0 as worked_seconds,
        cast(0 as decimal(38, 9)) as accounted_hours
    from stg_movidesk__ticket_actions as actions
    inner join int_movidesk__tickets as tickets on tickets.id = actions.ticket_id
    where tickets.is_counted and not coalesce(actions.is_deleted, false) and actions.created_by_profile_type in (1, 3)
    union all
    select
        cast(convert_timezone('UTC', 'America/Sao_Paulo', events.happened_at) as date) as day,
        events.by_id as agent_id,
        events.by_name as agent_name,
        0 as actions,
        0 as answers,
        1 as resolved,
        0 as worked_seconds,
        cast(0 as decimal(38, 9)) as accounted_hours
    from int_movidesk__status_events as events
    inner join int_movidesk__tickets as tickets on tickets.id = events.ticket_id
    where tickets.is_counted and events.event = 'resolved' and events.by_profile_type in (1, 3)
    union all
    select
        booked.day,
        booked.agent_id,
        booked.agent_name,
        0 as actions,
        0 as answers,
        0 as resolved,
        booked.worked_seconds,
        booked.accounted_hours
    from (
        select distinct
            ticket_id, action_id, entry_id, day, agent_id, agent_name, worked_seconds, accounted_hours
        from movidesk__hours
        where kind = 'hours' and is_counted
    ) as booked
)

select
    day,
    agent_id,
    max(agent_name) as agent_name,
    sum(actions) as actions,
    sum(answers) as answers,
    sum(resolved) as resolved,
    sum(coalesce(worked_seconds, 0)) as worked_seconds,
    sum(coalesce(accounted_hours, 0)) as accounted_hours
from done
group by day, agent_id;

CREATE OR REPLACE VIEW movidesk__contract_balance AS
-- Movidesk's own account of each period where it is synced; for other months, what was booked on the tickets of the
-- contract's clients. The open period is projected to its end by the days that have passed.
with appointments as (
    select
        agreement_id,
        period,
        sum((cast(split_part(work_time, ':', 1) as bigint) * 3600 + cast(split_part(work_time, ':', 2) as bigint) * 60 + cast(split_part(work_time, ':', 3) as bigint) * 1)) / 3600.0 as hours
    from stg_movidesk__time_agreement_consumption_appointments
    group by agreement_id, period
),

accounted as (
    select
        consumptions.agreement_id as contract_id,
        consumptions.name as contract_name,
        'movidesk' as source,
        cast(consumptions.period as date) as period,
        -- The closing has a number; the period that has none, or 0, is open.
        coalesce(consumptions.id, '0') = '0' as is_open,
        consumptions.contracted_hours,
        cast(coalesce(consumptions.consumed_hours, appointments.hours) as float) as used_hours,
        consumptions.exceeded_hour_amount,
        row_number() over (
            partition by consumptions.agreement_id, cast(consumptions.period as date) order by consumptions.period desc
        ) as place
    from stg_movidesk__time_agreement_consumptions as consumptions
    left join appointments
        on appointments.agreement_id = consumptions.agreement_id and appointments.period = consumptions.period
),

booked as (
    select contract_id, month, sum(accounted_hours * share) as hours
    from movidesk__hours
    where kind = 'hours' and is_counted and contract_id is not null
    group by contract_id, month
),

periods as (
    select
        contract_id,
        contract_name,
        source,
        period,
        is_open,
        contracted_hours,
        used_hours,
        exceeded_hour_amount
    from accounted
    where place = 1
    union all
    select
        booked.contract_id,
        agreements.name as contract_name,
        'booked' as source,
        booked.month as period,
        booked.month = cast(date_trunc('month', cast(convert_timezone('UTC', 'America/Sao_Paulo', to_timestamp_ntz(convert_timezone('UTC', current_timestamp()))) as date)) as date) as is_open,
        agreements.contracted_hours,
        cast(booked.hours as float) as used_hours,
        cast(null as decimal(38, 9)) as exceeded_hour_amount
    from booked
    inner join stg_movidesk__time_agreements as agreements on agreements.id = booked.contract_id
    left join accounted
        on accounted.contract_id = booked.contract_id and cast(date_trunc('month', accounted.period) as date) = booked.month
    where accounted.contract_id is null
),

measured as (
    select
        periods.*,
        datediff(day, period, cast(dateadd(month, 1, period) as date)) as days,
        datediff(day, period, cast(convert_timezone('UTC', 'America/Sao_Paulo', to_timestamp_ntz(convert_timezone('UTC', current_timestamp()))) as date)) + 1 as days_passed
    from periods
),

projected as (
    select
        measured.*,
        case
            when is_open and days_passed between 1 and days then used_hours * days / days_passed
            else used_hours
        end as projected_hours
    from measured
)

select
    contract_id,
    contract_name,
    period,
    source,
    is_open,
    contracted_hours,
    used_hours,
    used_hours / nullif(contracted_hours, 0) as used_share,
    projected_hours,
    case when used_hours > contracted_hours then used_hours - contracted_hours else 0 end as excess_hours,
    case
        when projected_hours > contracted_hours then projected_hours - contracted_hours
        else 0
    end as projected_excess_hours,
    exceeded_hour_amount
from projected;

CREATE OR REPLACE VIEW movidesk__flow_daily AS
-- A day's stock is the stock before it, plus opened and reopened, less resolved and canceled.
with events as (
    select
        events.ticket_id,
        events.event,
        events.happened_at,
        cast(convert_timezone('UTC', 'America/Sao_Paulo', events.happened_at) as date) as day,
        tickets.category,
        tickets.owner_team,
        events.interval_number
    from int_movidesk__status_events as events
    inner join int_movidesk__tickets as tickets on tickets.id = events.ticket_id
    where tickets.is_counted
),

-- The first team that got the ticket.
first_teams as (
    select ticket_id, owner_team
    from (
        select
            ticket_id,
            owner_team,
            row_number() over (partition by ticket_id order by interval_number) as place
        from movidesk__owner_intervals
        where owner_team is not null
    ) as teams
    where place = 1
),

-- The team that had the ticket when it happened.
then_teams as (
    select
        events.ticket_id,
        events.interval_number,
        owners.owner_team,
        row_number() over (
            partition by events.ticket_id, events.interval_number order by owners.interval_number desc
        ) as place
    from events
    inner join movidesk__owner_intervals as owners
        on owners.ticket_id = events.ticket_id
        and owners.started_at <= events.happened_at
        and owners.owner_team is not null
    where events.event <> 'opened'
)

select
    events.day,
    coalesce(
        case when events.event = 'opened' then first_teams.owner_team else then_teams.owner_team end,
        events.owner_team
    ) as team,
    events.category,
    sum(case when events.event = 'opened' then 1 else 0 end) as opened,
    sum(case when events.event = 'resolved' then 1 else 0 end) as resolved,
    sum(case when events.event = 'reopened' then 1 else 0 end) as reopened,
    sum(case when events.event = 'canceled' then 1 else 0 end) as canceled
from events
left join first_teams on first_teams.ticket_id = events.ticket_id
left join then_teams
    on then_teams.ticket_id = events.ticket_id
    and then_teams.interval_number = events.interval_number
    and then_teams.place = 1
group by 1, 2, 3;

CREATE OR REPLACE VIEW movidesk__recurrence AS
-- Tickets of a client on a service, and how many of them came within 90 days of the one before.
with visits as (
    select
        clients.client_id,
        clients.client_name,
        clients.organization_id,
        tickets.service_first_level_id as service_id,
        tickets.service_first_level as service,
        tickets.id as ticket_id,
        tickets.created_date as created_at,
        clients.share
    from int_movidesk__tickets as tickets
    inner join int_movidesk__ticket_clients as clients on clients.ticket_id = tickets.id
    where tickets.is_counted and tickets.service_first_level_id is not null
),

gaps as (
    select
        visits.*,
        datediff(day, cast(convert_timezone('UTC', 'America/Sao_Paulo', lag(created_at) over (partition by client_id, service_id order by created_at, ticket_id)) as date), cast(convert_timezone('UTC', 'America/Sao_Paulo', created_at) as date)) as days_since
    from visits
),

hours as (
    select ticket_id, client_id, sum(accounted_hours * share) as hours
    from movidesk__hours
    where kind = 'hours' and is_counted
    group by ticket_id, client_id
)

select
    gaps.client_id,
    max(gaps.client_name) as client_name,
    max(gaps.organization_id) as organization_id,
    gaps.service_id,
    max(gaps.service) as service,
    count(*) as tickets,
    sum(case when gaps.days_since <= 90 then 1 else 0 end) as repeats,
    min(gaps.created_at) as first_at,
    max(gaps.created_at) as last_at,
    coalesce(sum(cast(hours.hours as float)), 0) as accounted_hours
from gaps
left join hours on hours.ticket_id = gaps.ticket_id and hours.client_id = gaps.client_id
group by gaps.client_id, gaps.service_id;

CREATE OR REPLACE VIEW movidesk__satisfaction_monthly AS
-- The score is, by type: 1 percent satisfied, 2 mean of 1 to 5, 3 NPS (percent of promoters less percent of
-- detractors), 4 percent yes. The response rate is that of the tickets resolved in the month, to any question.
with answers as (
    select
        question_id,
        type,
        month,
        max(question) as question,
        count(*) as answers,
        count(value) as valued,
        sum(case when tone = 'good' then 1 else 0 end) as good,
        sum(case when tone = 'neutral' then 1 else 0 end) as neutral,
        sum(case when tone = 'bad' then 1 else 0 end) as bad,
        sum(value) as points
    from movidesk__survey_answers
    where is_counted
    group by question_id, type, month
),

answered as (
    select distinct ticket_id from movidesk__survey_answers
),

resolved as (
    select
        cast(date_trunc('month', cast(convert_timezone('UTC', 'America/Sao_Paulo', tickets.solved_at) as date)) as date) as month,
        count(*) as resolved_tickets,
        count(answered.ticket_id) as answered_tickets
    from int_movidesk__tickets as tickets
    left join answered on answered.ticket_id = tickets.id
    where tickets.is_counted and tickets.solved_at is not null
    group by 1
)

select
    answers.question_id,
    answers.question,
    answers.type,
    answers.month,
    answers.answers,
    answers.valued,
    answers.good,
    answers.neutral,
    answers.bad,
    case
        when answers.valued = 0 then null
        when answers.type = 2 then cast(answers.points as float) / answers.valued
        when answers.type = 3 then cast(100 as float) * (answers.good - answers.bad) / answers.valued
        else cast(100 as float) * answers.good / answers.valued
    end as score,
    coalesce(resolved.resolved_tickets, 0) as resolved_tickets,
    coalesce(resolved.answered_tickets, 0) as answered_tickets,
    cast(resolved.answered_tickets as float) / resolved.resolved_tickets as response_rate
from answers
left join resolved on resolved.month = answers.month;

CREATE OR REPLACE VIEW movidesk__ticket_metrics AS
-- Seconds by the clock are differences of Movidesk's dates; minutes and working time are Movidesk's own figures.
with actions as (
    select
        ticket_id,
        count(*) as actions,
        sum(case when created_by_profile_type in (1, 3) then 1 else 0 end) as agent_touches,
        sum(case when created_by_profile_type = 2 then 1 else 0 end) as client_touches,
        sum(case when created_by_profile_type in (1, 3) and type = 2 and id > 1 then 1 else 0 end) as agent_answers
    from stg_movidesk__ticket_actions
    where not coalesce(is_deleted, false)
    group by ticket_id
),

events as (
    select
        ticket_id,
        sum(case when event = 'reopened' then 1 else 0 end) as reopenings,
        min(case when event = 'resolved' then happened_at end) as first_resolved_at
    from int_movidesk__status_events
    group by ticket_id
),

owners as (
    select
        ticket_id,
        interval_number,
        owner_id,
        lag(owner_id) over (partition by ticket_id order by interval_number) as owner_before
    from movidesk__owner_intervals
    where owner_id is not null
),

teams as (
    select
        ticket_id,
        interval_number,
        owner_team,
        lag(owner_team) over (partition by ticket_id order by interval_number) as team_before
    from movidesk__owner_intervals
    where owner_team is not null
),

agent_handoffs as (
    select ticket_id, sum(case when owner_id <> owner_before then 1 else 0 end) as handoffs
    from owners
    group by ticket_id
),

team_handoffs as (
    select ticket_id, sum(case when owner_team <> team_before then 1 else 0 end) as handoffs
    from teams
    group by ticket_id
)

select
    tickets.id as ticket_id,
    tickets.sla_real_response_date as first_answer_at,
    cast((datediff(microsecond, tickets.created_date, tickets.sla_real_response_date) / 1000000.0) as float) as first_answer_seconds,
    events.first_resolved_at,
    tickets.solved_at as resolved_at,
    cast((datediff(microsecond, tickets.created_date, tickets.solved_at) / 1000000.0) as float) as resolution_seconds,
    tickets.life_time_working_time as resolution_working_minutes,
    tickets.stopped_time as stopped_minutes,
    tickets.stopped_time_working_time as stopped_working_minutes,
    coalesce(events.reopenings, 0) as reopenings,
    coalesce(agent_handoffs.handoffs, 0) as agent_handoffs,
    coalesce(team_handoffs.handoffs, 0) as team_handoffs,
    coalesce(actions.actions, 0) as actions,
    coalesce(actions.agent_touches, 0) as agent_touches,
    coalesce(actions.client_touches, 0) as client_touches,
    coalesce(actions.agent_answers, 0) as agent_answers,
    tickets.resolved_in_first_call,
    tickets.solved_at is not null
        and coalesce(events.reopenings, 0) = 0
        and coalesce(actions.agent_answers, 0) <= 1 as is_resolved_at_first_contact,
    tickets.is_counted
from int_movidesk__tickets as tickets
left join actions on actions.ticket_id = tickets.id
left join events on events.ticket_id = tickets.id
left join agent_handoffs on agent_handoffs.ticket_id = tickets.id
left join team_handoffs on team_handoffs.ticket_id = tickets.id;

CREATE OR REPLACE VIEW movidesk__time_ledger AS
-- Figures that Movidesk tells in two ways, side by side: which agree, and by how much they don't.
with status_sums as (
    select
        ticket_id,
        min(started_at) as first_at,
        max(started_at) as last_at,
        sum(case when not is_current then clock_seconds end) as interval_seconds,
        sum(case when base_status = 'Stopped' and not is_current then clock_seconds else 0 end) as stopped_seconds
    from movidesk__status_intervals
    group by ticket_id
),

-- Working time up to the last resolution: what came later, such as resolved until closed, doesn't belong to it.
resolutions as (
    select ticket_id, max(interval_number) as interval_number
    from movidesk__status_intervals
    where base_status = 'Resolved'
    group by ticket_id
),

working_sums as (
    select intervals.ticket_id, sum(intervals.working_seconds) as working_seconds
    from movidesk__status_intervals as intervals
    inner join resolutions
        on resolutions.ticket_id = intervals.ticket_id and intervals.interval_number < resolutions.interval_number
    group by intervals.ticket_id
),

actions as (
    select ticket_id, count(*) as actions
    from stg_movidesk__ticket_actions
    group by ticket_id
),

booked as (
    select ticket_id, sum(accounted_hours) as hours
    from (
        select distinct ticket_id, action_id, entry_id, accounted_hours
        from movidesk__hours
        where kind = 'hours'
    ) as entries
    group by ticket_id
),

consumed as (
    select
        try_cast(ticket_number as bigint) as ticket_id,
        sum((cast(split_part(work_time, ':', 1) as bigint) * 3600 + cast(split_part(work_time, ':', 2) as bigint) * 60 + cast(split_part(work_time, ':', 3) as bigint) * 1)) / 3600.0 as hours
    from stg_movidesk__time_agreement_consumption_appointments
    group by 1
),

one_sided as (
    select parents.ticket_id, count(*) as links
    from stg_movidesk__ticket_parents as parents
    inner join stg_movidesk__tickets as others on others.id = parents.id
    left join stg_movidesk__ticket_children as children
        on children.ticket_id = parents.id and children.id = parents.ticket_id
    where children.id is null
    group by parents.ticket_id
    union all
    select children.ticket_id, count(*) as links
    from stg_movidesk__ticket_children as children
    inner join stg_movidesk__tickets as others on others.id = children.id
    left join stg_movidesk__ticket_parents as parents
        on parents.ticket_id = children.id and parents.id = children.ticket_id
    where parents.id is null
    group by children.ticket_id
),

links as (
    select ticket_id, sum(links) as links from one_sided group by ticket_id
),

compared as (
    select
        tickets.id as ticket_id,
        status_sums.interval_seconds,
        cast((datediff(microsecond, status_sums.first_at, status_sums.last_at) / 1000000.0) as float) as elapsed_seconds,
        tickets.stopped_time as stopped_minutes,
        case when tickets.stopped_time is not null then floor(cast(round(cast(status_sums.stopped_seconds as decimal(38, 9)), 3) as float) / 60) end as stopped_minutes_of_intervals,
        tickets.life_time_working_time as working_minutes,
        case
            when tickets.life_time_working_time is not null then floor(cast(round(cast(working_sums.working_seconds as decimal(38, 9)), 3) as float) / 60)
        end as working_minutes_of_intervals,
        tickets.action_count,
        coalesce(actions.actions, 0) as actions_there,
        cast(booked.hours as float) as booked_hours,
        cast(consumed.hours as float) as consumed_hours,
        coalesce(links.links, 0) as one_sided_links,
        tickets.is_counted
    from int_movidesk__tickets as tickets
    left join status_sums on status_sums.ticket_id = tickets.id
    left join working_sums on working_sums.ticket_id = tickets.id
    left join actions on actions.ticket_id = tickets.id
    left join booked on booked.ticket_id = tickets.id
    left join consumed on consumed.ticket_id = tickets.id
    left join links on links.ticket_id = tickets.id
)

select
    ticket_id,
    interval_seconds,
    elapsed_seconds,
    abs(interval_seconds - elapsed_seconds) < 1 as intervals_agree,
    stopped_minutes,
    stopped_minutes_of_intervals,
    abs(stopped_minutes - stopped_minutes_of_intervals) <= 1 as stopped_agrees,
    working_minutes,
    working_minutes_of_intervals,
    abs(working_minutes - working_minutes_of_intervals) <= 1 as working_agrees,
    action_count,
    actions_there,
    action_count = actions_there as actions_agree,
    booked_hours,
    consumed_hours,
    abs(booked_hours - consumed_hours) < 0.01 as hours_agree,
    one_sided_links,
    one_sided_links = 0 as links_agree,
    is_counted
from compared;

CREATE OR REPLACE VIEW movidesk__backlog_daily AS
with spans as (
    select spans.*
    from int_movidesk__backlog_spans as spans
)

select
    calendar.day,
    spans.ticket_id,
    spans.status,
    spans.base_status,
    spans.owner_id,
    spans.owner_business_name,
    spans.owner_team,
    datediff(day, spans.created_day, calendar.day) as age_days,
    case
        when spans.sla_solution_date is null then false
        when calendar.is_today then spans.sla_solution_date < to_timestamp_ntz(convert_timezone('UTC', current_timestamp()))
        else cast(convert_timezone('UTC', 'America/Sao_Paulo', spans.sla_solution_date) as date) <= calendar.day
    end as is_late,
    spans.span_key
from spans
inner join movidesk__calendar as calendar
    on calendar.day >= spans.first_day
    and calendar.day < spans.next_day
    and calendar.day <= cast(convert_timezone('UTC', 'America/Sao_Paulo', to_timestamp_ntz(convert_timezone('UTC', current_timestamp()))) as date);

CREATE OR REPLACE VIEW movidesk__client_monthly AS
-- What an organization's month was like. With `movidesk_client` split, each ticket's figures are shared equally.
with shares as (
    select
        tickets.id as ticket_id,
        clients.organization_id,
        clients.organization_name,
        clients.contract_id,
        sum(coalesce(clients.share, 1)) as share
    from int_movidesk__tickets as tickets
    left join int_movidesk__ticket_clients as clients on clients.ticket_id = tickets.id
    where tickets.is_counted
    group by 1, 2, 3, 4
),

opened as (
    select
        shares.organization_id,
        shares.organization_name,
        cast(date_trunc('month', cast(convert_timezone('UTC', 'America/Sao_Paulo', tickets.created_date) as date)) as date) as month,
        shares.share as opened,
        0 as resolved,
        case when answers.is_met is not null then shares.share else 0 end as answer_judged,
        case when answers.is_met then shares.share else 0 end as answer_met,
        case when solutions.is_met is not null then shares.share else 0 end as solution_judged,
        case when solutions.is_met then shares.share else 0 end as solution_met,
        0 as accounted_hours,
        0 as survey_answers,
        0 as survey_good,
        0 as survey_bad
    from shares
    inner join int_movidesk__tickets as tickets on tickets.id = shares.ticket_id
    inner join movidesk__ticket_sla as answers
        on answers.ticket_id = shares.ticket_id and answers.promise = 'answer'
    inner join movidesk__ticket_sla as solutions
        on solutions.ticket_id = shares.ticket_id and solutions.promise = 'solution'
),

resolved as (
    select
        shares.organization_id,
        shares.organization_name,
        cast(date_trunc('month', cast(convert_timezone('UTC', 'America/Sao_Paulo', tickets.solved_at) as date)) as date) as month,
        shares.share as resolved
    from shares
    inner join int_movidesk__tickets as tickets on tickets.id = shares.ticket_id
    where tickets.solved_at is not null
),

measures as (
    select * from opened
    union all
    select organization_id, organization_name, month, 0, resolved, 0, 0, 0, 0, 0, 0, 0, 0
    from resolved
    union all
    select
        organization_id,
        organization_name,
        month,
        0, 0, 0, 0, 0, 0,
        accounted_hours * share,
        0, 0, 0
    from movidesk__hours
    where kind = 'hours' and is_counted
    union all
    select
        organization_id,
        organization_name,
        month,
        0, 0, 0, 0, 0, 0, 0,
        1,
        case when tone = 'good' then 1 else 0 end,
        case when tone = 'bad' then 1 else 0 end
    from movidesk__survey_answers
    where is_counted
),

months as (
    select
        organization_id,
        month,
        max(organization_name) as organization_name,
        sum(cast(opened as float)) as opened,
        sum(cast(resolved as float)) as resolved,
        sum(cast(answer_judged as float)) as answer_judged,
        sum(cast(answer_met as float)) as answer_met,
        sum(cast(solution_judged as float)) as solution_judged,
        sum(cast(solution_met as float)) as solution_met,
        sum(cast(accounted_hours as float)) as accounted_hours,
        sum(survey_answers) as survey_answers,
        sum(survey_good) as survey_good,
        sum(survey_bad) as survey_bad
    from measures
    group by organization_id, month
),

-- The contract that names the organization or one of its people: the smallest one, if there are several.
contracts as (
    select organization_id, min(contract_id) as contract_id
    from int_movidesk__ticket_clients
    where contract_id is not null
    group by organization_id
),

balances as (
    select contract_id, cast(date_trunc('month', period) as date) as month, sum(contracted_hours) as contracted_hours, sum(used_hours) as used_hours
    from movidesk__contract_balance
    group by 1, 2
)

select
    months.organization_id,
    months.organization_name,
    months.month,
    months.opened,
    months.resolved,
    months.answer_judged,
    months.answer_met,
    months.solution_judged,
    months.solution_met,
    months.accounted_hours,
    months.survey_answers,
    months.survey_good,
    months.survey_bad,
    contracts.contract_id,
    balances.contracted_hours as contract_hours,
    balances.used_hours as contract_used_hours
from months
left join contracts on contracts.organization_id = months.organization_id
left join balances on balances.contract_id = contracts.contract_id and balances.month = months.month;
