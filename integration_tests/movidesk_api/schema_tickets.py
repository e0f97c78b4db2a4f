"""The entities of the ticket family, in the key order of a list body."""

from integration_tests.movidesk_api.schema import entity

_PERSON = "id personType:int profileType:enum businessName email phone"
_PERSON_KEYS = "id personType profileType businessName email phone"
_ADDRESS = "address* complement* cep* city* bairro* number* reference*"

PERSON = entity("Person", f"{_PERSON} pathPicture*")
OWNER = entity("Owner", f"{_PERSON} pathPicture* {_ADDRESS}", detail_order=_PERSON_KEYS)
CLIENT = entity(
    "Client",
    f"{_PERSON} isDeleted:bool pathPicture* {_ADDRESS} organization>",
    detail_order=f"{_PERSON_KEYS} isDeleted organization address complement cep city bairro number reference",
    organization=PERSON,
)
TEAM = entity("Team", "id:int name")
APPOINTMENT = entity(
    "TimeAppointment",
    "id:int activity date:date periodStart periodEnd workTime accountedTime:number workTypeName createdBy> "
    "createdByTeam>",
    createdBy=PERSON,
    createdByTeam=TEAM,
)
ATTACHMENT = entity("Attachment", "fileName path createdBy> createdDate:date", createdBy=PERSON)
EXPENSE = entity(
    "Expense",
    "id:int type serviceReport createdBy> createdByTeam> date:date quantity:number value:number",
    createdBy=PERSON,
    createdByTeam=TEAM,
)
ACTION = entity(
    "Action",
    "id:int type:int origin:enum description htmlDescription! status justification createdDate:date createdBy> "
    "isDeleted:bool timeAppointments>> attachments>> expenses>> tags:strings",
    createdBy=PERSON,
    timeAppointments=APPOINTMENT,
    attachments=ATTACHMENT,
    expenses=EXPENSE,
)
LINK = entity("TicketLink", "id:int subject isDeleted:bool")
OWNER_HISTORY = entity(
    "OwnerHistory",
    "ownerTeam owner> changedBy> changedDate:date permanencyTimeFullTime:number permanencyTimeWorkingTime:number",
    owner=PERSON,
    changedBy=PERSON,
)
STATUS_HISTORY = entity(
    "StatusHistory",
    "status justification changedBy> changedDate:date permanencyTimeFullTime:number permanencyTimeWorkingTime:number",
    changedBy=PERSON,
)
SURVEY_RESPONSE = entity(
    "SatisfactionSurveyResponse",
    "id:int responsedBy> responseDate:date satisfactionSurveyModel:int satisfactionSurveyNetPromoterScoreResponse:int "
    "satisfactionSurveyPositiveNegativeResponse:int satisfactionSurveySmileyFacesResponse:int "
    "satisfactionSurveyYesOrNoResponse:int questionId comments",
    responsedBy=PERSON,
)
ITEM = entity("CustomFieldItem", "personId clientId team customFieldItem storageFileGuid fileName")
CUSTOM_FIELD = entity(
    "CustomFieldValue",
    "items>> customFieldId:int customFieldRuleId:int line:int value",
    detail_order="customFieldId customFieldRuleId line value items",
    items=ITEM,
)
ASSET = entity(
    "Asset",
    "id name label serialNumber categoryFull:strings categoryFirstLevel categorySecondLevel categoryThirdLevel "
    "isDeleted:bool",
)

UNDOCUMENTED = ("movideskTicketNumber", "linkedToIntegratedTicketNumber")

TICKET = entity(
    "Ticket",
    "protocol type:int subject category urgency status baseStatus justification origin:enum createdDate:date "
    "isDeleted:bool originEmailAccount ownerTeam serviceFull:strings serviceFirstLevelId:int serviceFirstLevel "
    "serviceSecondLevel serviceThirdLevel contactForm tags:strings cc resolvedIn:date closedIn:date canceledIn:date "
    "actionCount:int lifeTimeWorkingTime:int stoppedTime:int stoppedTimeWorkingTime:int resolvedInFirstCall:bool "
    "chatWidget chatGroup chatTalkTime:int chatWaitingTime:int sequence:int slaAgreement slaAgreementRule "
    "slaSolutionTime:int slaResponseTime:int slaSolutionChangedByUser:bool slaSolutionDate:date "
    "slaSolutionDateIsPaused:bool jiraIssueKey redmineIssueId:int movideskTicketNumber! "
    "linkedToIntegratedTicketNumber! reopenedIn:date lastActionDate:date lastUpdate:date slaResponseDate:date "
    "slaRealResponseDate:date id:int owner> createdBy> slaSolutionChangedBy> clients>> actions>> parentTickets>> "
    "childrenTickets>> ownerHistories>> statusHistories>> satisfactionSurveyResponses>> customFieldValues>> assets>> "
    "webhookEvents!",
    detail_order="id protocol type subject category urgency status baseStatus justification origin createdDate "
    "isDeleted originEmailAccount owner ownerTeam createdBy serviceFull serviceFirstLevelId serviceFirstLevel "
    "serviceSecondLevel serviceThirdLevel contactForm tags cc resolvedIn closedIn canceledIn actionCount "
    "lifeTimeWorkingTime stoppedTime stoppedTimeWorkingTime resolvedInFirstCall chatWidget chatGroup "
    "chatTalkTime chatWaitingTime sequence slaAgreement slaAgreementRule slaSolutionTime slaResponseTime "
    "slaSolutionChangedByUser slaSolutionChangedBy slaSolutionDate slaSolutionDateIsPaused jiraIssueKey "
    "redmineIssueId movideskTicketNumber linkedToIntegratedTicketNumber reopenedIn lastActionDate lastUpdate "
    "slaResponseDate slaRealResponseDate clients actions parentTickets childrenTickets ownerHistories "
    "statusHistories satisfactionSurveyResponses customFieldValues assets webhookEvents",
    owner=OWNER,
    createdBy=PERSON,
    slaSolutionChangedBy=PERSON,
    clients=CLIENT,
    actions=ACTION,
    parentTickets=LINK,
    childrenTickets=LINK,
    ownerHistories=OWNER_HISTORY,
    statusHistories=STATUS_HISTORY,
    satisfactionSurveyResponses=SURVEY_RESPONSE,
    customFieldValues=CUSTOM_FIELD,
    assets=ASSET,
)
