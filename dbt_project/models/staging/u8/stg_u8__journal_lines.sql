{% call conform('journal_lines') %}
with
line as (select * from {{ landed('u8', 'GL_accvouch') }}),

company as (select * from {{ ref('u8_company') }}),

currency as (select * from {{ ref('u8_currencies') }}),

style as (select * from {{ landed('u8', 'SettleStyle') }}),

document as (select * from {{ ref('u8_documents') }}),

cash_flow as (
    select
        source_id,
        iyear,
        iperiod,
        coalesce(csign, cast(isignseq as varchar)) as sign_key,
        ino_id,
        inid,
        min(cCashItem) as cash_flow_item_code,
        max(_bb_seq) as _bb_seq
    from {{ landed('u8', 'GL_CashTable') }}
    group by source_id, iyear, iperiod, coalesce(csign, cast(isignseq as varchar)), ino_id, inid
),

-- Vouchers that touch 本年利润 move the result; nothing else does.
result_account as (
    select
        source_id,
        account_code
    from {{ ref('u8_accounts') }}
    where top_name = '本年利润'
),

closing_voucher as (
    select
        line.source_id,
        line.iyear,
        line.iperiod,
        line.csign,
        line.ino_id,
        max(line._bb_seq) as _bb_seq
    from line
    inner join result_account on line.source_id = result_account.source_id and line.ccode = result_account.account_code
    where line.iperiod > 0
    group by line.source_id, line.iyear, line.iperiod, line.csign, line.ino_id
),

referring as (
    select
        *,
        case
            when coutsysname in ('AP', 'PU') then 'AP'
            when coutsysname in ('AR', 'SA') then 'AR'
            when coutsysname in ('IA', 'ST') then 'IA'
        end as module,
        coalesce(nullif(trim(coutid), ''), nullif(trim(coutno_id), '')) as reference,
        coalesce(md, 0) as debit,
        coalesce(mc, 0) as credit,
        coalesce(md, 0) - coalesce(mc, 0) as amount
    from line
),

joined as (
    select
        referring.*,
        company.company_code,
        company.currency_code as base_currency_code,
        case when coalesce(trim(referring.cexch_name), '') <> '' then coalesce(currency.currency_code, referring.cexch_name) end
            as foreign_currency_code,
        currency.is_multiplied,
        style.cSSName,
        coalesce(by_number.entity, by_id.entity) as origin_entity,
        coalesce(by_number.document_id, by_id.document_id) as origin_document_id,
        coalesce(by_number.document_no, by_id.document_no) as origin_document_no,
        closing_voucher.ino_id is not null as is_closing,
        cash_flow.cash_flow_item_code,
        greatest(
            referring._bb_seq, company.changed_seq, currency.changed_seq, style._bb_seq, by_number.changed_seq,
            by_id.changed_seq, closing_voucher._bb_seq, cash_flow._bb_seq
        ) as newest_seq
    from referring
    inner join company on referring.source_id = company.source_id
    left join currency on referring.source_id = currency.source_id and referring.cexch_name = currency.currency_name
    left join style on referring.source_id = style.source_id and referring.csettle = style.cSSCode
    -- The voucher names its document by number, or by the document's internal id.
    left join document as by_number
        on referring.source_id = by_number.source_id
        and referring.module = by_number.module
        and referring.coutbillsign = by_number.kind
        and referring.reference = by_number.document_no
    left join document as by_id
        on referring.source_id = by_id.source_id
        and referring.module = by_id.module
        and referring.coutbillsign = by_id.kind
        and case when by_number.document_no is null then referring.reference end = by_id.internal_id
    left join closing_voucher
        on referring.source_id = closing_voucher.source_id
        and referring.iyear = closing_voucher.iyear
        and referring.iperiod = closing_voucher.iperiod
        and referring.csign = closing_voucher.csign
        and referring.ino_id = closing_voucher.ino_id
    left join cash_flow
        on referring.source_id = cash_flow.source_id
        and referring.iyear = cash_flow.iyear
        and referring.iperiod = cash_flow.iperiod
        and coalesce(referring.csign, cast(referring.isignseq as varchar)) = cash_flow.sign_key
        and referring.ino_id = cash_flow.ino_id
        and referring.inid = cash_flow.inid
)

select
    source_id,
    'GL' as ledger_code,
    cast(iyear as varchar) || '/' || cast(iperiod as varchar) || '/' || coalesce(trim(csign), '*') || '/'
    || coalesce(cast(ino_id as varchar), '*') as voucher_id,
    cast(i_id as varchar) as line_id,
    csign as voucher_word,
    coalesce(cast(ino_id as varchar), '*' || cast(i_id as varchar)) as voucher_no,
    coalesce(inid, i_id) as line_no,
    company_code,
    iyear as fiscal_year,
    iperiod as period_no,
    coalesce(cast(dbill_date as date), cast(cast(iyear as varchar) || '-01-01' as date)) as posting_date,
    cast(doutbilldate as date) as document_date,
    ccode as account_code,
    ccode_equal as counter_accounts,
    cdigest as summary,
    debit,
    credit,
    amount,
    coalesce(foreign_currency_code, base_currency_code) as currency_code,
    case
        when foreign_currency_code is null or foreign_currency_code = base_currency_code then 1
        when coalesce(is_multiplied, true) then nfrat
        else {{ ratio('1', 'nfrat') }}
    end as exchange_rate,
    case
        when foreign_currency_code is null or foreign_currency_code = base_currency_code then amount
        else coalesce(md_f, 0) - coalesce(mc_f, 0)
    end as currency_amount,
    coalesce(nd_s, 0) - coalesce(nc_s, 0) as quantity,
    case
        when coalesce(trim(csup_id), '') <> '' then 'supplier'
        when coalesce(trim(ccus_id), '') <> '' then 'customer'
        when coalesce(trim(cperson_id), '') <> '' then 'employee'
    end as partner_kind,
    coalesce(nullif(trim(csup_id), ''), nullif(trim(ccus_id), ''), nullif(trim(cperson_id), '')) as partner_code,
    cdept_id as org_unit_code,
    cperson_id as employee_code,
    case when coalesce(trim(citem_class), '') <> '98' then citem_id end as project_code,
    coalesce(cash_flow_item_code, case when trim(citem_class) = '98' then citem_id end) as cash_flow_item_code,
    coalesce(cSSName, csettle) as settlement_method,
    cn_id as settlement_no,
    -- A voided voucher counts nowhere, even where the vendor has booked it.
    case
        when iflag = 1 then 'void'
        when ibook = 1 or iperiod = 0 then 'posted'
        when coalesce(trim(ccheck), '') <> '' then 'reviewed'
        else 'draft'
    end as status,
    debit < 0 or credit < 0 as is_red,
    nullif(trim(cblueoutno_id), '') as reverses_voucher_id,
    case
        when iperiod = 0 then 'opening'
        when is_closing then 'closing'
        when module is not null or reference is not null then 'document'
        when cdigest like '%调汇%' or cdigest like '%汇兑损益%' then 'revaluation'
        when cdigest like '%计提%' then 'accrual'
        else 'manual'
    end as entry_kind,
    case when module is not null then source_id else nullif(trim(coutsysname), '') end as origin_system,
    -- Another system's voucher keeps that system's own word for the kind of document.
    case when module is null then nullif(trim(coutbillsign), '') else origin_entity end as origin_entity,
    case
        when module is not null then origin_document_id
        when ioutyear > 0 and coalesce(trim(coutid), '') <> '' then trim(coutid) || '/' || cast(ioutyear as varchar)
        else nullif(trim(coutno_id), '')
    end as origin_document_id,
    coalesce(origin_document_no, reference) as origin_document_no,
    idoc as attachment_count,
    cbill as prepared_by,
    ccashier as cashier_by,
    ccheck as reviewed_by,
    cbook as posted_by,
    daudit_date as reviewed_at,
    newest_seq as changed_seq
from joined
union all
select
    opening.source_id,
    'GL',
    cast(opening.fiscal_year as varchar) || '/0/opening',
    'opening/' || cast(opening.fiscal_year as varchar) || '/' || opening.account_code,
    cast(null as varchar),
    'opening',
    opening.line_no,
    company.company_code,
    opening.fiscal_year,
    0,
    cast(cast(opening.fiscal_year as varchar) || '-01-01' as date),
    cast(null as date),
    opening.account_code,
    cast(null as varchar),
    '期初余额',
    case when opening.opening_amount > 0 then opening.opening_amount else 0 end,
    case when opening.opening_amount < 0 then -opening.opening_amount else 0 end,
    opening.opening_amount,
    company.currency_code,
    1,
    opening.opening_amount,
    0,
    cast(null as varchar),
    cast(null as varchar),
    cast(null as varchar),
    cast(null as varchar),
    cast(null as varchar),
    cast(null as varchar),
    cast(null as varchar),
    cast(null as varchar),
    'posted',
    false,
    cast(null as varchar),
    'opening',
    cast(null as varchar),
    cast(null as varchar),
    cast(null as varchar),
    cast(null as varchar),
    cast(null as bigint),
    cast(null as varchar),
    cast(null as varchar),
    cast(null as varchar),
    cast(null as varchar),
    cast(null as timestamp),
    greatest(opening.changed_seq, company.changed_seq)
from {{ ref('u8_opening_balances') }} as opening
inner join company on opening.source_id = company.source_id
{% endcall %}
