"""Yonyou U8's account set tables as far as the demo fills them: the vendor's names, NULL where nothing was entered."""

from __future__ import annotations

from bridgebook.demo.group.schema import parse

_TEXT = """
UA_Account = cAcc_Id:c3 cAcc_Name:c40 iYear:i iMonth:i cUnitName:c60 cUnitTaxNo:c30 cCurCode:c10 cCurName:c10 cAcc_Master:c20 cEntType:c20
UA_Period = cAcc_Id:c3 iYear:i iId:i dBegin:t dEnd:t
AccInformation = cSysID:c2 cID:c10 cName:c40 cCaption:c60 cType:c20 cValue:c100
code = i_id:i cclass:c14 cclass_engl:c30 ccode:c15 ccode_name:c40 ccode_engl:c40 igrade:i bproperty:i cbook_type:c10 cexch_name:c8 cmeasure:c10 bperson:i bcus:i bsup:i bdept:i bitem:i cass_item:c2 br:i be:i bend:i bcash:i bbank:i bused:i bd_c:i cother:c20 iyear:i bclose:i
dsign = i_id:i csign:c2 ctext:c20 isignseq:i iyear:i
GL_accvouch = i_id:i iperiod:i csign:c8 isignseq:i ino_id:i inid:i dbill_date:t idoc:i cbill:c20 ccheck:c20 cbook:c20 ibook:i ccashier:c20 iflag:i ctext1:c10 ctext2:c10 cdigest:c120 ccode:c15 ccode_equal:c50 cexch_name:c8 md:m mc:m md_f:m mc_f:m nfrat:r nd_s:q nc_s:q csettle:c3 cn_id:c30 dt_date:t cdept_id:c12 cperson_id:c20 ccus_id:c20 csup_id:c20 citem_id:c60 citem_class:c2 cname:c40 iflagbank:i iflagPerson:i bdelete:i coutaccset:c3 ioutyear:i coutsysname:c10 coutsysver:c10 doutbilldate:t ioutperiod:i coutsign:c80 coutno_id:c50 doutdate:t coutbillsign:c80 coutid:c50 bvouchedit:i bvouchAddordele:i cblueoutno_id:c50 ccodeexch_equal:c50 daudit_date:t dkeep_date:t iyear:i iYPeriod:i wllqDate:t cDefine1:c20 cDefine2:c20 cDefine10:c60
GL_accsum = i_id:i ccode:c15 cexch_name:c8 iperiod:i cbegind_c:c2 cbegind_c_engl:c8 mb:m mb_f:m nb_s:q md:m md_f:m nd_s:q mc:m mc_f:m nc_s:q cendd_c:c2 me:m me_f:m ne_s:q iyear:i iYPeriod:i
GL_accass = i_id:i ccode:c15 cexch_name:c8 cdept_id:c12 cperson_id:c20 ccus_id:c20 csup_id:c20 citem_class:c2 citem_id:c60 iperiod:i cbegind_c:c2 mb:m mb_f:m md:m md_f:m mc:m mc_f:m cendd_c:c2 me:m me_f:m iyear:i iYPeriod:i
GL_mend = i_id:i iyear:i iperiod:i bflag:i bflag_AP:i bflag_AR:i bflag_CA:i bflag_FA:i bflag_FD:i bflag_IA:i bflag_PP:i bflag_PU:i bflag_SA:i bflag_ST:i bflag_WA:i
GL_mbudget = i_id:i iyear:i iperiod:i ccode:c15 cdept_id:c12 citem_id:c60 mbudget:m cversion:c10 icontrol:i
Vendor = cVenCode:c20 cVenName:c98 cVenAbbName:c60 cVCCode:c12 cVenAddress:c255 cVenRegCode:c50 cVenBank:c100 cVenAccount:c50 cVenHeadCode:c20 cVenDepart:c12 iVenCreDate:i cVenPayCond:c20 iVenCreLine:m cVenExch_name:c8 cCountryCode:c10 dVenDevDate:t dEndDate:t bVenCargo:i bProxyForeign:i dModifyDate:t cModifyPerson:c20 ufts:u bVenInternal:i dVenCreateDatetime:t
VendorClass = cVCCode:c12 cVCName:c20 iVCGrade:i bVCEnd:i
VenBank = AutoID:i cVenCode:c20 cBank:c50 cBranch:c100 cAccountNum:c50 cAccountName:c98 bDefault:i
Customer = cCusCode:c20 cCusName:c98 cCusAbbName:c60 cCCCode:c12 cCusAddress:c255 cCusRegCode:c50 cCusBank:c100 cCusAccount:c50 cCusHeadCode:c20 cCusDepart:c12 cCusPerson:c20 cCusPayCond:c20 iCusCreLine:m iCusCreDate:i cCusExch_name:c8 cCountryCode:c10 dCusDevDate:t dEndDate:t dModifyDate:t cModifyPerson:c20 ufts:u bCusInternal:i dCusCreateDatetime:t
CustomerClass = cCCCode:c12 cCCName:c20 iCCGrade:i bCCEnd:i
Inventory = cInvCode:c60 cInvAddCode:c255 cInvName:c255 cInvStd:c255 cInvCCode:c12 cComUnitCode:c35 cPUComUnitCode:c35 cSAComUnitCode:c35 cSTComUnitCode:c35 iTaxRate:q iImpTaxRate:q cValueType:c12 bSale:i bPurchase:i bSelf:i bService:i bProxyForeign:i bComsume:i iInvRCost:r iInvSPrice:r iInvSCost:r dSDate:t dEDate:t dModifyDate:t ufts:u
InventoryClass = cInvCCode:c12 cInvCName:c20 iInvCGrade:i bInvCEnd:i
ComputationGroup = cGroupCode:c35 cGroupName:c20 iGroupType:i
ComputationUnit = cComunitCode:c35 cComUnitName:c20 cGroupCode:c35 bMainUnit:i iChangRate:r iNumber:i
Warehouse = cWhCode:c10 cWhName:c20 cDepCode:c12 cWhAddress:c255 cWhValueStyle:c12 bProxyWh:i bFreeze:i dWhEndDate:t
Department = cDepCode:c12 cDepName:c255 bDepEnd:i iDepGrade:i cDepPerson:c20 dDepBeginDate:t dDepEndDate:t
Person = cPersonCode:c20 cPersonName:c40 cDepCode:c12 bCusPerson:i bPsnPerson:i dPValidDate:t dPInValidDate:t
fitem = i_id:i citem_class:c2 citem_name:c20 ctable:c20
fitemss00 = i_id:i citemcode:c60 citemname:c255 bclose:i citemccode:c22
foreigncurrency = i_id:i cexch_name:c8 cexch_code:c4 bcal:i idec:i nerror:r
exch = i_id:i cexch_name:c8 iperiod:i itype:i cdate:t nflat:r iyear:i
SettleStyle = cSSCode:c3 cSSName:c12 iSSGrade:i bSSEnd:i bSSFlag:i
PayCondition = cPayCode:c20 cPayName:c60 iPayCreDays:i iPayDay1:i iPayRate1:q
Bank = cBCode:c5 cBName:c50 cBAccount:c40 cexch_name:c40 ccode:c40
AA_Bank = cBAccountCode:c20 cBankName:c50 cBAccount:c50 cExchName:c8 ccode:c15
PurchaseType = cPTCode:c2 cPTName:c12 cRdCode:c5
SaleType = cSTCode:c2 cSTName:c20 cRdCode:c5
Rd_Style = cRdCode:c5 cRdName:c12 bRdFlag:i iRdGrade:i bRdEnd:i
CM_Contract_B = ID:i cContractID:c30 cName:c100 cType:c10 cVenCode:c20 cCusCode:c20 dSignDate:t dBeginDate:t dEndDate:t cExchName:c8 fMoney:m fNatMoney:m iStatus:i ufts:u
PU_AppVouch = ID:i cCode:c30 dDate:t cDepCode:c12 cPersonCode:c20 cPTCode:c2 cMaker:c20 cVerifier:c20 cAuditDate:t cCloser:c20 cMemo:c255 cmaketime:t ufts:u cModifyTime:t
PU_AppVouchs = AutoID:i ID:i cVenCode:c20 cInvCode:c60 fQuantity:q fUnitPrice:r fTaxPrice:r fMoney:m iPerTaxRate:q dRequirDate:t iReceivedQTY:q cItemCode:c60 cItem_class:c2 cbCloser:c20 ivouchrowno:i ufts:u cexch_name:c40 iExchRate:q
PO_Pomain = POID:i cPOID:c30 dPODate:t cVenCode:c20 cDepCode:c12 cPersonCode:c20 cPTCode:c2 cBusType:c8 cexch_name:c8 nflat:r iTaxRate:q cPayCode:c20 iCost:m cState:i cMaker:c20 cVerifier:c20 cAuditDate:t cCloser:c20 dCloseDate:t cLocker:c20 cMemo:c255 cmaketime:t cModifyDate:t cAppCode:c30 ufts:u cModifyTime:t
PO_Podetails = ID:i POID:i ivouchrowno:i cInvCode:c60 iQuantity:q iNum:q iQuotedPrice:r iUnitPrice:r iTaxPrice:r iMoney:m iTax:m iSum:m iDisCount:m iNatUnitPrice:r iNatMoney:m iNatTax:m iNatSum:m iNatDisCount:m iPerTaxRate:q bTaxCost:i dArriveDate:t iReceivedQTY:q iReceivedMoney:m iArrQTY:q iArrMoney:m iInvQTY:q iInvMoney:m iNatInvMoney:m iPayMoney:m cUnitID:c35 cItemCode:c60 cItem_class:c2 iAppIds:i cbCloser:c20 cbCloseDate:t bGsp:i cfree1:c20 ufts:u
PU_ArrivalVouch = ID:i cCode:c30 dDate:t cVenCode:c20 cDepCode:c12 cPersonCode:c20 cPTCode:c2 cBusType:c8 cexch_name:c8 iExchRate:r iTaxRate:q iBillType:i cMaker:c20 cVerifier:c20 caudittime:t cMemo:c255 ufts:u
PU_ArrivalVouchs = Autoid:i ID:i ivouchrowno:i cWhCode:c10 cInvCode:c60 iQuantity:q iNum:q iOriCost:r iOriTaxCost:r iOriMoney:m iOriTaxPrice:m iOriSum:m iCost:r iMoney:m iTaxPrice:m iSum:m iTaxRate:q iPOsID:i fValidInQuan:q fRealQuantity:q ufts:u fRefuseQuantity:q
RdRecord01 = ID:i bRdFlag:i cVouchType:c2 cBusType:c12 cSource:c50 cWhCode:c10 dDate:t cCode:c30 cRdCode:c5 cDepCode:c12 cPersonCode:c20 cPTCode:c2 cVenCode:c20 cOrderCode:c30 cHandler:c20 dVeriDate:t cMaker:c20 dnmaketime:t dnmodifytime:t bredvouch:i bIsSTQc:i iExchRate:r cExch_Name:c8 iTaxRate:q cMemo:c255 cAccounter:c20 ufts:u
rdrecords01 = AutoID:i ID:i irowno:i cInvCode:c60 iNum:q iQuantity:q iUnitCost:r iPrice:m iAPrice:m iPUnitCost:r iPPrice:m cItem_class:c2 cItemCode:c60 iSQuantity:q iSNum:q iMoney:m iFNum:q iFQuantity:q iFlag:i dSDate:t iTax:m iTaxRate:q iPOsID:i iArrsId:i cPOID:c30 iOriCost:r iOriTaxCost:r iOriMoney:m iOriTaxPrice:m ioriSum:m iTaxPrice:m iSum:m fACost:r iSumBillQuantity:q cAssUnit:c35 iinvexchrate:r bCosting:i cbaccounter:c20 dkeepdate:t bGift:i ufts:u
RdRecord08 = ID:i bRdFlag:i cVouchType:c2 cBusType:c12 cSource:c50 cWhCode:c10 dDate:t cCode:c30 cRdCode:c5 cDepCode:c12 cHandler:c20 dVeriDate:t cMaker:c20 dnmaketime:t dnmodifytime:t bredvouch:i bIsSTQc:i cMemo:c255 ufts:u cPersonCode:c40 cBusCode:c40 cAccounter:c40
rdrecords08 = AutoID:i ID:i irowno:i cInvCode:c60 iNum:q iQuantity:q iUnitCost:r iPrice:m ufts:u cAssUnit:c40 cItem_class:c40 cItemCode:c40 cbaccounter:c40 bCosting:i
RdRecord09 = ID:i bRdFlag:i cVouchType:c2 cBusType:c12 cSource:c50 cWhCode:c10 dDate:t cCode:c30 cRdCode:c5 cDepCode:c12 cHandler:c20 dVeriDate:t cMaker:c20 dnmaketime:t dnmodifytime:t bredvouch:i bIsSTQc:i cMemo:c255 ufts:u cPersonCode:c40 cBusCode:c40 cAccounter:c40
rdrecords09 = AutoID:i ID:i irowno:i cInvCode:c60 iNum:q iQuantity:q iUnitCost:r iPrice:m ufts:u cAssUnit:c40 cItem_class:c40 cItemCode:c40 cbaccounter:c40 bCosting:i
RdRecord32 = ID:i bRdFlag:i cVouchType:c2 cBusType:c12 cSource:c50 cWhCode:c10 dDate:t cCode:c30 cRdCode:c5 cDepCode:c12 cPersonCode:c20 cSTCode:c2 cCusCode:c20 cDLCode:i cHandler:c20 dVeriDate:t cMaker:c20 dnmaketime:t dnmodifytime:t bredvouch:i bIsSTQc:i cMemo:c255 ufts:u cBusCode:c40 cAccounter:c40
rdrecords32 = AutoID:i ID:i irowno:i cInvCode:c60 iNum:q iQuantity:q iUnitCost:r iPrice:m iDLsID:i isodid:i iorderdid:i cbdlcode:c30 cItem_class:c2 cItemCode:c60 iSBsID:i bCosting:i ufts:u cAssUnit:c40 cbaccounter:c40
TransVouch = ID:i cTVCode:c30 dTVDate:t cOWhCode:c10 cIWhCode:c10 cODepCode:c12 cIDepCode:c12 cMaker:c20 cVerifyPerson:c20 dVerifyDate:t cTVMemo:c255 dnmaketime:t ufts:u
TransVouchs = AutoID:i ID:i irowno:i cTVCode:c30 cInvCode:c60 iTVQuantity:q iTVNum:q iTVACost:r iTVAPrice:m ufts:u
PurBillVouch = PBVID:i cPBVBillType:c2 cPBVCode:c30 cBusType:c12 cPTCode:c2 dPBVDate:t dVouDate:t cVenCode:c20 cUnitCode:c20 cDepCode:c12 cPersonCode:c20 cexch_name:c8 cExchRate:r iPBVTaxRate:q cPBVMemo:c255 bNegative:i bOriginal:i bFirst:i cPBVMaker:c20 cVerifier:c20 dverifydate:t cPBVVerifier:c20 dPBVVeriDate:t cPZNum:c10 dSDate:t cPayCode:c20 dGatheringDate:t cmaketime:t dmodifysystime:t cSource:c50 iVTid:i ufts:u cModifyTime:t
PurBillVouchs = ID:i PBVID:i ivouchrowno:i cInvCode:c60 bExBill:i iPBVQuantity:q iNum:q iOriCost:r iOriTaxCost:r iOriMoney:m iOriTaxPrice:m iOriSum:m iCost:r iMoney:m iTaxPrice:m iSum:m iTaxRate:q iPOsID:i RdsId:i dSignDate:t cItem_class:c2 cItemCode:c60 iDiscount:m iOriTotal:m iTotal:m iExMoney:m cUnitID:c35 bGift:i ufts:u
PurSettleVouch = PSVID:i cSVCode:c30 dSVDate:t cBusType:c12 cVenCode:c20 cPTCode:c2 cDepCode:c12 cMaker:c20 cMemo:c255 ufts:u
PurSettleVouchs = ID:i PSVID:i iRdsID:i iBsID:i cInvCode:c60 iSVQuantity:q iSVCost:r iSVPrice:m iSVExpense:m iSVACost:r iSVAPrice:m cRdCode:c30 cBillCode:c30 ufts:u
SO_SOMain = ID:i cSOCode:c30 dDate:t cSTCode:c2 cBusType:c8 cCusCode:c20 cDepCode:c12 cPersonCode:c20 cexch_name:c8 iExchRate:r iTaxRate:q cPayCode:c20 iMoney:m iStatus:i cMaker:c20 cVerifier:c20 dverifydate:t cCloser:c20 cLocker:c20 cMemo:c255 dPreDateBT:t dcreatesystime:t dmodifysystime:t ufts:u
SO_SODetails = iSOsID:i ID:i cSOCode:c30 iRowNo:i cInvCode:c60 dPreDate:t iQuantity:q iNum:q iQuotedPrice:r iUnitPrice:r iTaxUnitPrice:r iMoney:m iTax:m iSum:m iDisCount:m iNatUnitPrice:r iNatMoney:m iNatTax:m iNatSum:m iNatDisCount:m iTaxRate:q KL:q KL2:q iFHQuantity:q iFHMoney:m iKPQuantity:q iKPMoney:m cUnitID:c35 cItemCode:c60 cItem_class:c2 cSCloser:c20 cMemo:c60 ufts:u bgift:i
DispatchList = DLID:i cDLCode:c30 cVouchType:c2 cSTCode:c2 dDate:t cRdCode:c5 cDepCode:c12 cPersonCode:c20 SBVID:i cSBVCode:c30 cSOCode:c30 cCusCode:c20 cPayCode:c20 cexch_name:c8 iExchRate:r iTaxRate:q bFirst:i bReturnFlag:i cMemo:c255 cVerifier:c20 dverifydate:t cMaker:c20 cCloser:c20 cBusType:c8 cSaleOut:c30 iSale:i dcreatesystime:t dmodifysystime:t ufts:u
DispatchLists = iDLsID:i DLID:i irowno:i cWhCode:c10 cInvCode:c60 iQuantity:q iNum:q iQuotedPrice:r iUnitPrice:r iTaxUnitPrice:r iMoney:m iTax:m iSum:m iDisCount:m iNatUnitPrice:r iNatMoney:m iNatTax:m iNatSum:m iNatDisCount:m iSettleNum:m iSettleQuantity:q iTaxRate:q KL:q iSOsID:i cSoCode:c30 fOutQuantity:q fOutNum:q cUnitID:c35 cItemCode:c60 cItem_class:c2 bGift:i cCorCode:c30 iCorID:i ufts:u
SaleBillVouch = SBVID:i cSBVCode:c30 cVouchType:c2 cSTCode:c2 dDate:t cRdCode:c5 cDepCode:c12 cPersonCode:c20 cSOCode:c30 cDLCode:c30 cCusCode:c20 cPayCode:c20 cexch_name:c8 cExchRate:r iTaxRate:q bReturnFlag:i bFirst:i cMemo:c255 cChecker:c20 dChkDate:t cVerifier:c20 dverifydate:t cMaker:c20 cInvalider:c20 cBusType:c8 cGLSign:c8 iGLno_id:i cPZNum:c10 dGatheringDate:t iVTid:i dcreatesystime:t dmodifysystime:t ufts:u iExchRate:q
SaleBillVouchs = AutoID:i SBVID:i irowno:i cWhCode:c10 cInvCode:c60 iQuantity:q iNum:q iQuotedPrice:r iUnitPrice:r iTaxUnitPrice:r iMoney:m iTax:m iSum:m iDisCount:m iNatUnitPrice:r iNatMoney:m iNatTax:m iNatSum:m iNatDisCount:m iTaxRate:q KL:q iDLsID:i iSOsID:i idlsid_ret:i cSoCode:c30 fOutQuantity:q cUnitID:c35 cItemCode:c60 cItem_class:c2 bGift:i ufts:u
Ap_Vouch = Auto_ID:i cLink:c50 cVouchType:c10 cVouchID:c30 dVouchDate:t cDwCode:c20 cDeptCode:c12 cPerson:c20 cItem_Class:c2 cItemCode:c60 cDigest:c255 cCode:c15 cexch_name:c8 iExchRate:r iAmount:m iAmount_f:m iRAmount:m iRAmount_f:m cPayCode:c20 cOperator:c20 cCheckMan:c20 dVerifyDate:t bStartFlag:i cFlag:c2 bd_c:i cCoVouchType:c10 cCoVouchID:c30 cPZid:c30 cGLSign:c8 iGLno_id:i dcreatesystime:t dmodifysystime:t ufts:u dCreditStart:t dGatheringDate:t
Ap_Vouchs = Auto_ID:i cLink:c50 cCode:c15 bd_c:i iAmount:m iAmount_f:m iTaxRate:q iTax:m iNatTax:m cDeptCode:c12 cPerson:c20 cItem_Class:c2 cItemCode:c60 cDigest:c255 ufts:u cDwCode:c40 cexch_name:c40 iExchRate:q
Ap_CloseBill = iID:i cVouchType:c10 cVouchID:c30 dVouchDate:t iPeriod:i cDwCode:c20 cDeptCode:c12 cPerson:c20 cItem_Class:c2 cItemCode:c60 cSSCode:c3 cNoteNo:c30 cDigest:c255 cBankAccount:c50 cNatBankAccount:c50 cexch_name:c8 iExchRate:r iAmount:m iAmount_f:m iRAmount:m iRAmount_f:m cOperator:c20 cCheckMan:c20 dVerifyDate:t bStartFlag:i cFlag:c2 cCode:c15 bPrePay:i cPZID:c30 cGLSign:c8 iGLno_id:i cOrderID:c30 dcreatesystime:t dmodifysystime:t ufts:u
Ap_CloseBills = ID:i iID:i iType:i bPrePay:i cCusVen:c20 iAmt_f:m iAmt:m iRAmt_f:m iRAmt:m cKm:c15 cDepCode:c12 cPersonCode:c20 cItem_Class:c2 cItemCode:c60 cOrderID:c30 ufts:u cXmClass:c40 cXm:c40
Ap_Detail = Auto_ID:i iPeriod:i cVouchType:c10 cVouchSType:c10 cVouchID:c30 dVouchDate:t dRegDate:t cDwCode:c20 cDeptCode:c12 cPerson:c20 cInvCode:c60 iBVid:i cCode:c15 cItem_Class:c2 cItemCode:c60 csign:c8 ino_id:i cDigest:c255 cProcStyle:c10 cCancelNo:c50 iPrice:r cexch_name:c8 iExchRate:r iDAmount:m iCAmount:m iDAmount_f:m iCAmount_f:m iDAmount_s:q iCAmount_s:q cOrderNo:c30 cSSCode:c3 cPayCode:c20 cOperator:c20 cCheckMan:c20 cCoVouchType:c10 cCoVouchID:c30 cFlag:c2 iFlag:i cPZid:c30 cGLSign:c8 iGLno_id:i bPrePay:i iVouchAmount:m iVouchAmount_f:m dGatheringDate:t isignseq:i iClosesID:i iCoClosesID:i
Ar_Detail = Auto_ID:i iPeriod:i cVouchType:c10 cVouchSType:c10 cVouchID:c30 dVouchDate:t dRegDate:t cDwCode:c20 cDeptCode:c12 cPerson:c20 cInvCode:c60 iBVid:i cCode:c15 cItem_Class:c2 cItemCode:c60 csign:c8 ino_id:i cDigest:c255 cProcStyle:c10 cCancelNo:c50 iPrice:r cexch_name:c8 iExchRate:r iDAmount:m iCAmount:m iDAmount_f:m iCAmount_f:m iDAmount_s:q iCAmount_s:q cOrderNo:c30 cSSCode:c3 cPayCode:c20 cOperator:c20 cCheckMan:c20 cCoVouchType:c10 cCoVouchID:c30 cFlag:c2 iFlag:i cPZid:c30 cGLSign:c8 iGLno_id:i bPrePay:i iVouchAmount:m iVouchAmount_f:m dGatheringDate:t isignseq:i iClosesID:i iCoClosesID:i
Ap_Note = Auto_ID:i cNoteID:c30 cNoteType:c10 cFlag:c2 dSignDate:t dEndDate:t cDwCode:c20 cDrawer:c98 cAccepter:c98 iMoney:m iMoney_f:m cexch_name:c8 cState:c10 cDigest:c255 cOperator:c20
IA_Summary = AutoID:i cWhCode:c10 cInvCode:c60 iYear:i iMonth:i iNum:q iMoney:m iDif:m iINum:q iIMoney:m iONum:q iOMoney:m
CurrentStock = AutoID:i cWhCode:c10 cInvCode:c60 iQuantity:q iNum:q
GL_CashTable = i_id:i iyear:i iperiod:i csign:c40 isignseq:i ino_id:i inid:i ccode:c40 cCashItem:c40 md:m mc:m
"""

U8_TABLES = parse(_TEXT, sap=False)
