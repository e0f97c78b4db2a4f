{#
  Staging: each table once, in its newest version and with the rows that Movidesk has now.

  A ticket that changes comes again whole, all of its rows with its new `lastUpdate`; people likewise, with
  `lastChangedDate`. A row whose version is older than the newest one of its ticket is gone. Destinations that append
  keep all versions, those that deduplicate the newest of each key, those that overwrite have nothing else: this
  reads all three.
#}

{# Whether a table is there: asked of the database, or told by `movidesk_synced` (all, or a list of tables). #}
{% macro is_synced(table) %}
    {%- set synced = var('movidesk_synced', 'auto') -%}
    {%- if synced == 'all' -%}{{ return(true) }}{%- endif -%}
    {%- if synced != 'auto' -%}{{ return(table in synced) }}{%- endif -%}
    {%- set relation = source('movidesk', table) -%}
    {%- if not execute -%}{{ return(true) }}{%- endif -%}
    {{ return(load_relation(relation) is not none) }}
{% endmacro %}

{# The value of a column as staging gives it: moments in UTC, all else as it came. #}
{% macro raw_value(name, kind) %}
    {%- set column = movidesk.raw_name(name) -%}
    {{ return(movidesk.utc(column) if kind == 'moment' else column) }}
{% endmacro %}

{# A version may be null with people; null is no older than null. #}
{% macro version_of(column) %}
    {{ return('coalesce(' ~ column ~ ', ' ~ movidesk.moment('0001-01-01 00:00:00') ~ ')') }}
{% endmacro %}

{#
  table: name of the source. columns: [[its name there, name here, kind], ...]. key: names here.
  version: name here of the column that tells versions apart, or none. whole: name here of the column with the id of
  the ticket or person that the row is a part of, and versions: the model of the newest versions; both or none.
#}
{% macro staging(table, columns, key, version=none, whole=none, versions=none) %}
{%- set relation = source('movidesk', table) -%}
{%- set versions_relation = ref(versions) if versions else none -%}
{%- if not movidesk.is_synced(table) %}
select
    {%- for _, name, kind in columns %}
    cast(null as {{ movidesk.type_of(kind) }}) as {{ movidesk.column_name(name) }}{{ ',' if not loop.last }}
    {%- endfor %}
from (select 1 as nothing) as nothing
where 1 = 0
{%- else %}
with came as (
    select
        {%- for raw, name, kind in columns %}
        {{ movidesk.raw_value(raw, kind) }} as {{ movidesk.column_name(name) }},
        {%- endfor %}
        {{ movidesk.raw_name('_airbyte_extracted_at') }} as extracted_at,
        {{ movidesk.raw_name('_airbyte_raw_id') }} as raw_id
    from {{ relation }}
),

{%- if versions %}

now_there as (
    select came.*
    from came
    inner join {{ versions_relation }} as newest
        on came.{{ whole }} = newest.{{ whole }}
        and {{ movidesk.version_of('came.' ~ version) }} = {{ movidesk.version_of('newest.' ~ version) }}
),
{%- endif %}

ranked as (
    select
        {{ 'now_there' if versions else 'came' }}.*,
        row_number() over (
            partition by {{ key | join(', ') }}
            order by {{ movidesk.version_of(version) ~ ' desc, ' if version }}extracted_at desc, raw_id desc
        ) as place
    from {{ 'now_there' if versions else 'came' }}
)

select
    {%- for _, name, kind in columns %}
    {{ movidesk.column_name(name) }}{{ ',' if not loop.last }}
    {%- endfor %}
from ranked
where place = 1
{%- endif %}
{% endmacro %}

{#
  The newest version of each ticket (or person) that any of its tables has seen, so that this holds, too, where the
  tickets themselves aren't synced. members: [[table, name of the id's column there], ...].
#}
{% macro versions(members, whole, version, raw_version) %}
{%- set there = [] -%}
{%- for table, column in members -%}
    {%- set relation = source('movidesk', table) -%}
    {%- if movidesk.is_synced(table) %}{% do there.append([relation, column]) %}{% endif -%}
{%- endfor %}
{%- if there %}
select {{ whole }}, max({{ version }}) as {{ version }}
from (
    {%- for relation, column in there %}
    select
        {{ movidesk.raw_name(column) }} as {{ whole }},
        max({{ movidesk.raw_value(raw_version, 'moment') }}) as {{ version }}
    from {{ relation }}
    group by 1
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
) as seen
group by {{ whole }}
{%- else %}
select
    cast(null as {{ movidesk.type_of('integer' if whole == 'ticket_id' else 'text') }}) as {{ whole }},
    cast(null as {{ movidesk.type_of('moment') }}) as {{ version }}
from (select 1 as nothing) as nothing
where 1 = 0
{%- endif %}
{% endmacro %}
