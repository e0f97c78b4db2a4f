{#
  What the databases differ in, in one place. Each macro writes an expression for the dialect of the target; all other
  SQL of the package is common to DuckDB, PostgreSQL, BigQuery, Snowflake, Redshift and Databricks.

  Moments are UTC without a zone (BigQuery: TIMESTAMP). Days, weeks and months are those of `movidesk_timezone`.
#}

{# `movidesk_dialect` compiles for another database than the one that is connected: that is how examples/sql is made. #}
{% macro dialect() %}{{ return(var('movidesk_dialect', none) or target.type) }}{% endmacro %}

{# Choose by dialect: the entry of its name, or `other`. #}
{% macro pick(choices) %}{{ return(choices.get(movidesk.dialect(), choices.other)) }}{% endmacro %}

{#
  The name of a column, between quotes where the database keeps the word for itself; Snowflake's own names are upper
  case. `dbt/compiled.py` knows all such words, and fails where one that a table has is missing here.
#}
{% macro column_name(name) %}
    {%- set reserved = {'bigquery': ['rows'], 'snowflake': ['rows']} -%}
    {%- if name | lower not in reserved.get(movidesk.dialect(), []) -%}{{ return(name) }}{%- endif -%}
    {{- return(movidesk.pick({'bigquery': '`' ~ name ~ '`', 'snowflake': '"' ~ (name | upper) ~ '"'})) -}}
{% endmacro %}

{# The name of a column as the destination wrote it. Only PostgreSQL keeps camelCase in a way that needs quotes. #}
{% macro raw_name(name) %}
    {%- if var('movidesk_names', 'lower') == 'camel' -%}
        {{ return(movidesk.pick({'postgres': '"' ~ name ~ '"', 'other': movidesk.column_name(name)})) }}
    {%- endif -%}
    {{ return(movidesk.column_name(name | lower)) }}
{% endmacro %}

{# Types #}
{% macro type_of(kind) %}
    {%- set types = {
        'text': {'bigquery': 'string', 'databricks': 'string', 'postgres': 'text', 'redshift': 'varchar(65535)', 'other': 'varchar'},
        'integer': {'bigquery': 'int64', 'other': 'bigint'},
        'number': {'bigquery': 'bignumeric', 'other': 'decimal(38, 9)'},
        'float': {'bigquery': 'float64', 'snowflake': 'float', 'databricks': 'double', 'duckdb': 'double', 'other': 'double precision'},
        'boolean': {'bigquery': 'bool', 'other': 'boolean'},
        'date': {'other': 'date'},
        'moment': {'snowflake': 'timestamp_ntz', 'other': 'timestamp'},
        'list': {'bigquery': 'json', 'duckdb': 'json', 'postgres': 'jsonb', 'redshift': 'super', 'snowflake': 'variant', 'databricks': 'string', 'other': 'text'},
    } -%}
    {{ return(movidesk.pick(types[kind])) }}
{% endmacro %}

{# Moments #}

{# A column of the destination, with a zone or without one, as a moment in UTC; the session's zone plays no part. #}
{% macro utc(x) %}
    {{- return(movidesk.pick({
        'duckdb': 'make_timestamp(epoch_us(' ~ x ~ '))',
        'postgres': '(to_timestamp(extract(epoch from ' ~ x ~ ')) at time zone \'UTC\')',
        'snowflake': 'to_timestamp_ntz(convert_timezone(\'UTC\', ' ~ x ~ '))',
        'redshift': '(cast(' ~ x ~ ' as timestamptz) at time zone \'UTC\')',
        'other': x,
    })) -}}
{% endmacro %}

{# The moment of the run; `movidesk_now` (UTC, such as 2026-01-31 12:00:00) sets another one. #}
{% macro now() %}
    {%- if var('movidesk_now', none) -%}{{ return(movidesk.moment(var('movidesk_now'))) }}{%- endif -%}
    {{- return(movidesk.pick({
        'duckdb': 'cast(now() at time zone \'UTC\' as timestamp)',
        'postgres': '(now() at time zone \'UTC\')',
        'snowflake': 'to_timestamp_ntz(convert_timezone(\'UTC\', current_timestamp()))',
        'redshift': '(getdate())',
        'other': 'current_timestamp()',
    })) -}}
{% endmacro %}

{% macro moment(text) %}{{ return('cast(\'' ~ text ~ '\' as ' ~ movidesk.type_of('moment') ~ ')') }}{% endmacro %}

{% macro local_time(x) %}
    {%- set zone = '\'' ~ var('movidesk_timezone', 'America/Sao_Paulo') ~ '\'' -%}
    {{- return(movidesk.pick({
        'duckdb': '(' ~ x ~ ' at time zone \'UTC\' at time zone ' ~ zone ~ ')',
        'postgres': '(' ~ x ~ ' at time zone \'UTC\' at time zone ' ~ zone ~ ')',
        'bigquery': 'datetime(' ~ x ~ ', ' ~ zone ~ ')',
        'databricks': 'from_utc_timestamp(' ~ x ~ ', ' ~ zone ~ ')',
        'other': 'convert_timezone(\'UTC\', ' ~ zone ~ ', ' ~ x ~ ')',
    })) -}}
{% endmacro %}

{% macro local_day(x) %}{{ return('cast(' ~ movidesk.local_time(x) ~ ' as date)') }}{% endmacro %}

{# Elapsed seconds with their fraction #}
{% macro seconds_between(a, b) %}
    {%- set parts = {
        'duckdb': '((epoch_us(' ~ b ~ ') - epoch_us(' ~ a ~ ')) / 1000000.0)',
        'postgres': 'extract(epoch from (' ~ b ~ ' - ' ~ a ~ '))',
        'bigquery': '(timestamp_diff(' ~ b ~ ', ' ~ a ~ ', microsecond) / 1000000.0)',
        'databricks': '((unix_micros(' ~ b ~ ') - unix_micros(' ~ a ~ ')) / 1000000.0)',
        'other': '(datediff(microsecond, ' ~ a ~ ', ' ~ b ~ ') / 1000000.0)',
    } -%}
    {{ return('cast(' ~ movidesk.pick(parts) ~ ' as ' ~ movidesk.type_of('float') ~ ')') }}
{% endmacro %}

{# Days #}
{% macro days_between(a, b) %}
    {{- return(movidesk.pick({
        'duckdb': 'date_diff(\'day\', ' ~ a ~ ', ' ~ b ~ ')',
        'postgres': '(' ~ b ~ ' - ' ~ a ~ ')',
        'bigquery': 'date_diff(' ~ b ~ ', ' ~ a ~ ', day)',
        'databricks': 'datediff(' ~ b ~ ', ' ~ a ~ ')',
        'other': 'datediff(day, ' ~ a ~ ', ' ~ b ~ ')',
    })) -}}
{% endmacro %}

{% macro add_days(day, n) %}
    {{- return(movidesk.pick({
        'duckdb': '(' ~ day ~ ' + cast(' ~ n ~ ' as integer))',
        'postgres': '(' ~ day ~ ' + cast(' ~ n ~ ' as integer))',
        'bigquery': 'date_add(' ~ day ~ ', interval ' ~ n ~ ' day)',
        'databricks': 'date_add(' ~ day ~ ', cast(' ~ n ~ ' as int))',
        'other': 'cast(dateadd(day, ' ~ n ~ ', ' ~ day ~ ') as date)',
    })) -}}
{% endmacro %}

{% macro add_months(day, n) %}
    {{- return(movidesk.pick({
        'duckdb': 'cast(' ~ day ~ ' + interval (' ~ n ~ ') month as date)',
        'postgres': 'cast(' ~ day ~ ' + (' ~ n ~ ') * interval \'1 month\' as date)',
        'bigquery': 'date_add(' ~ day ~ ', interval ' ~ n ~ ' month)',
        'databricks': 'add_months(' ~ day ~ ', ' ~ n ~ ')',
        'other': 'cast(dateadd(month, ' ~ n ~ ', ' ~ day ~ ') as date)',
    })) -}}
{% endmacro %}

{% macro month_of(day) %}
    {{- return(movidesk.pick({
        'bigquery': 'date_trunc(' ~ day ~ ', month)',
        'other': 'cast(date_trunc(\'month\', ' ~ day ~ ') as date)',
    })) -}}
{% endmacro %}

{# The Monday of the week #}
{% macro week_of(day) %}
    {{- return(movidesk.pick({
        'bigquery': 'date_trunc(' ~ day ~ ', isoweek)',
        'snowflake': 'dateadd(day, 1 - dayofweekiso(' ~ day ~ '), ' ~ day ~ ')',
        'other': 'cast(date_trunc(\'week\', ' ~ day ~ ') as date)',
    })) -}}
{% endmacro %}

{# Values #}
{% macro median(x) %}
    {{- return(movidesk.pick({
        'duckdb': 'median(' ~ x ~ ')',
        'snowflake': 'median(' ~ x ~ ')',
        'redshift': 'median(' ~ x ~ ')',
        'bigquery': 'approx_quantiles(' ~ x ~ ', 2)[offset(1)]',
        'databricks': 'percentile(' ~ x ~ ', 0.5)',
        'other': 'percentile_cont(0.5) within group (order by ' ~ x ~ ')',
    })) -}}
{% endmacro %}

{# A JSON list of texts as one text, such as Suporte > E-mail #}
{% macro list_text(x, separator=' > ') %}
    {%- set s = '\'' ~ separator ~ '\'' -%}
    {%- set items = [] -%}
    {%- for place in range(6) -%}
        {%- do items.append('coalesce(' ~ ('' if place == 0 else s ~ ' || ') ~ 'cast(' ~ x ~ '[' ~ place ~ '] as varchar), \'\')') -%}
    {%- endfor -%}
    {{- return(movidesk.pick({
        'duckdb': 'array_to_string(cast(json_extract_string(' ~ x ~ ', \'$[*]\') as varchar[]), ' ~ s ~ ')',
        'postgres': '(select string_agg(item, ' ~ s ~ ' order by place) from jsonb_array_elements_text(cast(' ~ x ~ ' as jsonb)) with ordinality as items (item, place))',
        'bigquery': 'array_to_string(json_value_array(' ~ x ~ '), ' ~ s ~ ')',
        'databricks': 'array_join(from_json(' ~ x ~ ', \'array<string>\'), ' ~ s ~ ')',
        'redshift': '(' ~ items | join(' || ') ~ ')',
        'other': 'array_to_string(' ~ x ~ ', ' ~ s ~ ')',
    })) -}}
{% endmacro %}

{# A whole number that is kept as text; null where it is none #}
{% macro whole_number(x) %}
    {%- set guarded = 'case when ' ~ x ~ ' ~ \'^-?[0-9]{1,18}$\' then cast(' ~ x ~ ' as bigint) end' -%}
    {{- return(movidesk.pick({
        'bigquery': 'safe_cast(' ~ x ~ ' as int64)',
        'postgres': guarded,
        'redshift': guarded,
        'other': 'try_cast(' ~ x ~ ' as bigint)',
    })) -}}
{% endmacro %}

{# Seconds of a duration HH:MM:SS #}
{% macro duration_seconds(x) %}
    {%- set parts = [] -%}
    {%- for place in range(3) -%}
        {%- set part = movidesk.pick({
            'bigquery': 'split(' ~ x ~ ', \':\')[safe_offset(' ~ place ~ ')]',
            'other': 'split_part(' ~ x ~ ', \':\', ' ~ (place + 1) ~ ')',
        }) -%}
        {%- do parts.append('cast(' ~ part ~ ' as ' ~ movidesk.type_of('integer') ~ ') * ' ~ [3600, 60, 1][place]) -%}
    {%- endfor -%}
    {{ return('(' ~ parts | join(' + ') ~ ')') }}
{% endmacro %}

{% macro text(x) %}{{ return('cast(' ~ x ~ ' as ' ~ movidesk.type_of('text') ~ ')') }}{% endmacro %}

{% macro float(x) %}{{ return('cast(' ~ x ~ ' as ' ~ movidesk.type_of('float') ~ ')') }}{% endmacro %}

{# Whole minutes of a sum of seconds: rounded to the millisecond first, as sums of doubles may miss a full minute by less. #}
{% macro whole_minutes(x) %}
    {{- return('floor(' ~ movidesk.float('round(cast(' ~ x ~ ' as ' ~ movidesk.type_of('number') ~ '), 3)') ~ ' / 60)') -}}
{% endmacro %}

{% macro hash_of(columns) %}
    {%- set texts = [] -%}
    {%- for column in columns -%}
        {%- do texts.append('coalesce(' ~ movidesk.text(column) ~ ', \'\')') -%}
    {%- endfor -%}
    {%- set whole = texts | join(' || \'|\' || ') -%}
    {{ return(movidesk.pick({'bigquery': 'to_hex(md5(' ~ whole ~ '))', 'other': 'md5(' ~ whole ~ ')'})) }}
{% endmacro %}
