-- Movidesk's own account of each period where it is synced; for other months, what was booked on the tickets of the
-- contract's clients. The open period is projected to its end by the days that have passed.
with appointments as (
    select
        agreement_id,
        period,
        sum({{ movidesk.duration_seconds('work_time') }}) / 3600.0 as hours
    from {{ ref('stg_movidesk__time_agreement_consumption_appointments') }}
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
        {{ movidesk.float('coalesce(consumptions.consumed_hours, appointments.hours)') }} as used_hours,
        consumptions.exceeded_hour_amount,
        row_number() over (
            partition by consumptions.agreement_id, cast(consumptions.period as date) order by consumptions.period desc
        ) as place
    from {{ ref('stg_movidesk__time_agreement_consumptions') }} as consumptions
    left join appointments
        on appointments.agreement_id = consumptions.agreement_id and appointments.period = consumptions.period
),

booked as (
    select contract_id, month, sum(accounted_hours * share) as hours
    from {{ ref('movidesk__hours') }}
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
        booked.month = {{ movidesk.month_of(movidesk.today()) }} as is_open,
        agreements.contracted_hours,
        {{ movidesk.float('booked.hours') }} as used_hours,
        cast(null as {{ movidesk.type_of('number') }}) as exceeded_hour_amount
    from booked
    inner join {{ ref('stg_movidesk__time_agreements') }} as agreements on agreements.id = booked.contract_id
    left join accounted
        on accounted.contract_id = booked.contract_id and {{ movidesk.month_of('accounted.period') }} = booked.month
    where accounted.contract_id is null
),

measured as (
    select
        periods.*,
        {{ movidesk.days_between('period', movidesk.add_months('period', '1')) }} as days,
        {{ movidesk.days_between('period', movidesk.today()) }} + 1 as days_passed
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
from projected
