{# Rows whose key is null or comes twice. `nullable` names columns of the key that may be null. #}
{% test movidesk_key(model, columns, nullable=[]) %}
select {{ columns | join(', ') }}, count(*) as times
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{%- for column in columns if column not in nullable %} or {{ column }} is null{% endfor %}
{% endtest %}

{#
  Rows that name something which isn't there. What is null names nothing, and a table without a row may simply not be
  synced.
#}
{% test movidesk_belongs_to(model, columns, to, targets) %}
select mine.*
from {{ model }} as mine
left join {{ to }} as theirs
    on {% for column in columns %}mine.{{ column }} = theirs.{{ targets[loop.index0] }}{{ ' and ' if not loop.last }}{% endfor %}
where theirs.{{ targets[0] }} is null
    {%- for column in columns %}
    and mine.{{ column }} is not null
    {%- endfor %}
    and exists (select 1 from {{ to }})
{% endtest %}

{# The columns of the model are just these, in this order. #}
{% test movidesk_columns(model, columns) %}
{%- set found = [] -%}
{%- if execute -%}
    {%- for column in adapter.get_columns_in_relation(model) %}{% do found.append(column.name | lower) %}{% endfor -%}
{%- endif -%}
select '{{ found | join(", ") }}' as found, '{{ columns | join(", ") }}' as described
from (select 1 as nothing) as nothing
where {{ '1 = 0' if found == columns or not execute else '1 = 1' }}
{% endtest %}
