with teams as (
    select person_id, min(name) as first_team, count(*) as teams
    from {{ ref('stg_movidesk__person_teams') }}
    group by person_id
),

organizations as (
    select
        person_id,
        id as organization_id,
        name as organization_name,
        sla_agreement,
        row_number() over (partition by person_id order by position) as place
    from {{ ref('stg_movidesk__person_relationships') }}
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
from {{ ref('stg_movidesk__persons') }} as persons
left join teams on teams.person_id = persons.id
left join organizations on organizations.person_id = persons.id and organizations.place = 1
