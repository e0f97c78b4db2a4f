with days as (
    select {{ movidesk.add_days(movidesk.history_start(), 'n') }} as day
    from {{ ref('movidesk_integers') }}
)

select
    days.day,
    {{ movidesk.week_of('days.day') }} as week,
    {{ movidesk.month_of('days.day') }} as month,
    extract(year from days.day) as year,
    {{ movidesk.days_between(movidesk.week_of('days.day'), 'days.day') }} + 1 as weekday,
    {{ movidesk.days_between(movidesk.week_of('days.day'), 'days.day') }} > 4 as is_weekend,
    holidays.day is not null as is_holiday,
    holidays.name as holiday,
    days.day = {{ movidesk.today() }} as is_today,
    {{ movidesk.month_of('days.day') }} = {{ movidesk.month_of(movidesk.today()) }} as is_current_month
from days
left join {{ ref('movidesk_holidays') }} as holidays on holidays.day = days.day
where days.day < {{ movidesk.add_months(movidesk.month_of(movidesk.today()), '12') }}
