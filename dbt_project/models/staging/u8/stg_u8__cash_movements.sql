{% call conform('cash_movements') %}
with
payment as (select * from {{ ref('u8_payments') }}),

style as (select * from {{ landed('u8', 'SettleStyle') }}),

company as (select * from {{ ref('u8_company') }}),

currency as (select * from {{ ref('u8_currencies') }})

-- 48 is money in and 49 money out, whoever the partner is; a negative one went the other way.
select
    payment.source_id,
    payment.document_id,
    payment.line_id,
    payment.document_no,
    payment.line_no,
    company.company_code,
    payment.org_unit_code,
    payment.employee_code,
    payment.project_code,
    case payment.flag when 'AR' then 'customer' else 'supplier' end as partner_kind,
    payment.partner_code,
    payment.description,
    payment.account_code as cost_account_code,
    payment.document_date,
    payment.document_date as posting_date,
    case when coalesce(trim(payment.approved_by), '') <> '' then 'closed' else 'draft' end as status,
    payment.is_opening,
    coalesce(currency.currency_code, payment.cexch_name, company.currency_code) as currency_code,
    case
        when coalesce(currency.currency_code, company.currency_code) = company.currency_code then 1
        when currency.is_multiplied then payment.exchange_rate
        else {{ ratio('1', 'payment.exchange_rate') }}
    end as exchange_rate,
    case when (payment.vouch_type = '48') = (payment.base_amount >= 0) then 'in' else 'out' end as direction,
    (payment.flag = 'AR') <> ((payment.vouch_type = '48') = (payment.base_amount >= 0)) as is_refund,
    payment.bank_account_code,
    case
        when style.cSSName like '%现金%' then 'cash'
        when style.cSSName like '%汇票%' or style.cSSName like '%承兑%' then 'note'
        else 'transfer'
    end as method,
    payment.settlement_no,
    payment.document_date as value_date,
    abs(payment.document_amount) as amount,
    abs(payment.base_amount) as base_amount,
    payment.is_prepayment,
    payment.created_by,
    payment.created_at,
    payment.approved_by,
    payment.approved_at,
    payment.updated_at,
    greatest(payment.changed_seq, style._bb_seq, company.changed_seq, currency.changed_seq) as changed_seq
from payment
inner join company on payment.source_id = company.source_id
left join style on payment.source_id = style.source_id and payment.settlement_style_code = style.cSSCode
left join currency on payment.source_id = currency.source_id and payment.cexch_name = currency.currency_name
{% endcall %}
