with
{{ order_life('sales_orders', 'shipments', 'sales_invoices', 'shipment') }}

select
    source_id,
    company_code,
    company_name,
    base_currency_code as company_currency_code,
    document_no,
    line_no,
    order_line_id,
    row_kind,
    order_date,
    promised_date,
    partner_kind,
    partner_code,
    partner_name,
    is_internal,
    item_code,
    item_name,
    category_code,
    category_name,
    line_kind,
    org_unit_code,
    org_unit_name,
    employee_code,
    project_code,
    warehouse_code,
    uom_code,
    currency_code as document_currency_code,
    exchange_rate,
    unit_price,
    order_status,
    order_status as approval_status,
    cast(coalesce(ordered_quantity, 0) as decimal(38, 6)) as ordered_quantity,
    cast(coalesce(delivered_quantity, 0) as decimal(38, 6)) as shipped_quantity,
    cast(accepted_quantity as decimal(38, 6)) as accepted_quantity,
    cast(coalesce(invoiced_quantity, 0) as decimal(38, 6)) as invoiced_quantity,
    -- What is still to come: not below nothing in the order's direction, and nothing once delivery is declared complete.
    cast(
        case
            when row_kind <> 'order' or order_status <> 'approved' or is_delivery_complete then 0
            when ordered_quantity >= 0
                then greatest(ordered_quantity - coalesce(cancelled_quantity, 0) - coalesce(delivered_quantity, 0), 0)
            else least(ordered_quantity + coalesce(cancelled_quantity, 0) - coalesce(delivered_quantity, 0), 0)
        end as decimal(38, 6)
    ) as open_quantity,
    cast(coalesce(ordered_net_amount, 0) as decimal(38, 4)) as ordered_net_amount,
    cast(coalesce(delivered_net_amount, 0) as decimal(38, 4)) as shipped_net_amount,
    cast(accepted_net_amount as decimal(38, 4)) as accepted_net_amount,
    cast(coalesce(invoiced_net_amount, 0) as decimal(38, 4)) as invoiced_net_amount,
    cast(ordered_gross_amount as decimal(38, 4)) as ordered_gross_amount,
    cast(coalesce(invoiced_gross_amount, 0) as decimal(38, 4)) as invoiced_gross_amount,
    cast(coalesce(document_ordered_net_amount, 0) as decimal(38, 4)) as document_ordered_net_amount,
    cast(coalesce(document_invoiced_net_amount, 0) as decimal(38, 4)) as document_invoiced_net_amount,
    cast(coalesce(settled_amount, 0) as decimal(38, 4)) as collected_amount,
    cast(cost_amount as decimal(38, 4)) as cost_amount,
    -- Unknown as long as a shipment of the line is not costed.
    cast(
        case when coalesce(uncosted_lines, 0) = 0 then coalesce(delivered_net_amount, 0) - coalesce(cost_amount, 0) end
        as decimal(38, 4)
    ) as gross_margin_amount,
    match_status,
    first_delivery_date as first_shipment_date,
    last_delivery_date as last_shipment_date,
    last_invoice_date,
    is_mapped,
    newest_seq as changed_seq
from named
