{{ movidesk.intervals('stg_movidesk__ticket_status_histories', [
    'status', 'justification', 'changed_by_id', 'changed_by_business_name', 'changed_by_profile_type',
], with_base=true) }}
