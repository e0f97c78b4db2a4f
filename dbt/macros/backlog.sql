{# Before an incremental run of movidesk__backlog_daily: see there. Also days that have left the years of history. #}
{% macro forget_backlog_days(relation) %}
{%- if is_incremental() -%}
delete from {{ relation }}
where day >= (select max(day) from {{ relation }})
    or day < {{ movidesk.history_start() }}
    or not exists (
        select 1
        from {{ ref('int_movidesk__backlog_spans') }} as spans
        where spans.span_key = {{ relation.identifier }}.span_key
    )
{%- endif -%}
{% endmacro %}
