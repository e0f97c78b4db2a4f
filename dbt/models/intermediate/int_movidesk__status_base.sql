-- Histories give the name of a status only. What an account means by it is what its tickets of that status say, the
-- newest of them first; `movidesk_status_base` adds names that no ticket has any more.
with named as (
    select
        status,
        base_status,
        row_number() over (partition by status order by last_update desc, id desc) as place
    from {{ ref('stg_movidesk__tickets') }}
    where status is not null and base_status is not null
),

told as (
    {%- for status, base in var('movidesk_status_base').items() %}
    select '{{ status | replace("'", "''") }}' as status, '{{ base }}' as base_status
    union all
    {%- endfor %}
    select
        cast(null as {{ movidesk.type_of('text') }}) as status,
        cast(null as {{ movidesk.type_of('text') }}) as base_status
)

select status, base_status from told where status is not null
union all
select named.status, named.base_status
from named
left join told on told.status = named.status
where named.place = 1 and told.status is null
