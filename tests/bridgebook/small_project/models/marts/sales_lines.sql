{{ config(unique_key=['source_id', 'id'], incremental_strategy='delete+insert') }}
select
    sales.source_id,
    sales.id,
    sales.day,
    sales.customer_name,
    kinds.kind,
    sales.amount,
    sales.changed_seq
from {{ ref('sales') }} as sales
left join {{ ref('customer_kinds') }} as kinds
    on sales.customer_name = kinds.customer
{% if is_incremental() %}
where sales.changed_seq > (select coalesce(max(changed_seq), 0) from {{ this }})
{% endif %}
