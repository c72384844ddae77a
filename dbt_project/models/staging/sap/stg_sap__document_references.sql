{% call conform('document_references') %}
-- A delivery's goods issue has a number of its own, by which other systems' vouchers know it.
select
    source_id,
    'shipments' as entity,
    VBELN_IM as document_id,
    MBLNR as reference_no,
    MJAHR as fiscal_year,
    min(BUKRS) as company_code,
    max(changed_seq) as changed_seq
from {{ ref('sap_material_documents') }}
where entity = 'shipments'
group by source_id, VBELN_IM, MBLNR, MJAHR
{% endcall %}
