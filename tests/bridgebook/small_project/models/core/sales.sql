{{ config(unique_key=['source_id', 'id'], incremental_strategy='delete+insert') }}
select * from {{ ref('stg_shop__sales_orders') }}
{% if is_incremental() %}
where changed_seq > (select coalesce(max(changed_seq), 0) from {{ this }})
{% endif %}
