{% call conform('settlements') %}
with
detail as (
    select source_id, 'AP' as module, Auto_ID, cVouchType, cVouchID, dVouchDate, dRegDate, cCoVouchType, cCoVouchID, cProcStyle,
        iCAmount, iDAmount, iCAmount_f, iDAmount_f, iClosesID, iFlag, _bb_seq
    from {{ landed('u8', 'Ap_Detail') }}
    union all
    select source_id, 'AR', Auto_ID, cVouchType, cVouchID, dVouchDate, dRegDate, cCoVouchType, cCoVouchID, cProcStyle,
        iDAmount, iCAmount, iDAmount_f, iCAmount_f, iClosesID, iFlag, _bb_seq
    from {{ landed('u8', 'Ar_Detail') }}
),

document as (select * from {{ ref('u8_documents') }}),

payment as (
    select
        source_id,
        document_id,
        min(line_id) as first_line,
        max(case when is_prepayment then 1 else 0 end) as is_prepayment,
        max(changed_seq) as changed_seq
    from {{ ref('u8_payments') }}
    group by source_id, document_id
),

-- A row of style 9.. lets one document (cVouch) change the open amount of another (cCoVouch). After the union iCAmount
-- raises the open amount on either side and iDAmount lowers it.
joined as (
    select
        detail.*,
        settling.entity as from_entity,
        settling.document_id as from_document,
        settled.entity as to_entity,
        settled.document_id as to_document,
        payment.first_line,
        payment.is_prepayment,
        greatest(detail._bb_seq, settling.changed_seq, settled.changed_seq, payment.changed_seq) as newest_seq
    from detail
    left join document as settling
        on detail.source_id = settling.source_id
        and detail.module = settling.module
        and detail.cVouchType = settling.kind
        and detail.cVouchID = settling.document_no
    left join document as settled
        on detail.source_id = settled.source_id
        and detail.module = settled.module
        and detail.cCoVouchType = settled.kind
        and detail.cCoVouchID = settled.document_no
    left join payment
        on settling.source_id = payment.source_id
        and case when settling.entity = 'cash_movements' then settling.document_id end = cast(payment.document_id as varchar)
    where
        detail.cProcStyle like '9%'
        and coalesce(detail.iFlag, 0) < 3
        and (detail.cVouchType <> detail.cCoVouchType or detail.cVouchID <> detail.cCoVouchID)
)

select
    source_id,
    module || '/' || cast(Auto_ID as varchar) as settlement_id,
    coalesce(from_entity, 'cash_movements') as from_entity,
    case
        when from_entity = 'cash_movements' then coalesce(cast(iClosesID as varchar), first_line)
        else coalesce(from_document, '*' || cVouchID)
    end as from_line_id,
    coalesce(to_entity, case module when 'AR' then 'sales_invoices' else 'purchase_invoices' end) as to_entity,
    coalesce(to_document, '*' || cCoVouchID) as to_line_id,
    'document' as level,
    case
        when from_entity = 'cash_movements' and is_prepayment = 1 then 'prepayment'
        when from_entity = 'cash_movements' then 'cash'
        else 'red_blue'
    end as settlement_kind,
    coalesce(dRegDate, dVouchDate) as settled_on,
    iDAmount_f - iCAmount_f as amount,
    iDAmount - iCAmount as from_base_amount,
    iDAmount - iCAmount as to_base_amount,
    newest_seq as changed_seq
from joined
{% endcall %}
