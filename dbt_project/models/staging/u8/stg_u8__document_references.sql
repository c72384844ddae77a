{% call conform('document_references') %}
-- Goods leave the warehouse under a number of their own, by which vouchers know the dispatch.
with
issue as (select * from {{ landed('u8', 'RdRecord32') }}),

line as (select * from {{ landed('u8', 'rdrecords32') }}),

dispatch_line as (select * from {{ landed('u8', 'DispatchLists') }}),

company as (select * from {{ ref('u8_company') }})

select
    issue.source_id,
    'shipments' as entity,
    cast(dispatch_line.DLID as varchar) as document_id,
    issue.cCode as reference_no,
    extract(year from issue.dDate) as fiscal_year,
    company.company_code,
    max(greatest(issue._bb_seq, line._bb_seq, dispatch_line._bb_seq, company.changed_seq)) as changed_seq
from issue
inner join line on issue.source_id = line.source_id and issue.ID = line.ID
inner join dispatch_line on line.source_id = dispatch_line.source_id and line.iDLsID = dispatch_line.iDLsID
inner join company on issue.source_id = company.source_id
group by issue.source_id, dispatch_line.DLID, issue.cCode, extract(year from issue.dDate), company.company_code
{% endcall %}
