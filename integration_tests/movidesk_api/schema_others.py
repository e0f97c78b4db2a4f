"""The entities beside the tickets that are queried with OData, in the key order of their bodies."""

from integration_tests.movidesk_api.schema import entity
from integration_tests.movidesk_api.schema_tickets import EXPENSE as _TICKET_EXPENSE
from integration_tests.movidesk_api.schema_tickets import ITEM, TEAM

_CONTACT = "id businessName email phone personType:int profileType:int"

ADDRESS = entity(
    "Address",
    "addressType country postalCode state city district street number complement reference isDefault:bool countryId",
)
CONTACT = entity("Contact", "contactType contact isDefault:bool")
EMAIL = entity("Email", "emailType email isDefault:bool")
RELATIONSHIP_SERVICE = entity("RelationshipService", "id:int name copyToChildren:bool")
RELATIONSHIP = entity(
    "Relationship",
    "id name slaAgreement forceChildrenToHaveSomeAgreement:bool allowAllServices:bool includeInParents:bool "
    "loadChildOrganizations:bool services>> idToDelete isGetMethod:bool",
    services=RELATIONSHIP_SERVICE,
)
PERSON_CUSTOM_FIELD = entity(
    "PersonCustomFieldValue", "customFieldId:int customFieldRuleId:int line:int value items>>", items=ITEM
)
PERSON_ASSET = entity("PersonAsset", "id name label")

PERSON = entity(
    "Person",
    "id codeReferenceAdditional isActive:bool personType:int profileType:int accessProfile businessName businessBranch "
    "corporateName cpfCnpj userName accountEmail password role bossId bossName classification cultureId timeZoneId "
    "createdDate:date createdBy changedDate:date changedBy observations authenticateOn addresses>> contacts>> emails>> "
    "teams:strings relationships>> customFieldValues>> atAssets>>",
    select_ignored=True,
    addresses=ADDRESS,
    contacts=CONTACT,
    emails=EMAIL,
    relationships=RELATIONSHIP,
    customFieldValues=PERSON_CUSTOM_FIELD,
    atAssets=PERSON_ASSET,
)

SERVICE = entity(
    "Service",
    "id:int name description parentServiceId:int serviceForTicketType:int isVisible:int allowSelection:int "
    "allowFinishTicket:bool isActive:bool automationMacro defaultCategory defaultUrgency allowAllCategories:bool "
    "categories:strings",
)

AGREEMENT_ACTIVITY = entity(
    "AgreementActivity",
    "id:int workingTimeType activity franchise:number value:number valueExceededHour:number shootdownContract:bool "
    "allowHoursExcedent:bool activityId:int",
)
# What its typeActivities are is documented unclearly: here they come along, since no client is known to expand them.
CONSUMPTION_TYPE = entity(
    "ConsumptionType", "id:int workingTimeType value:number workingTimeAgreementId:int typeActivities:strings"
)
DESTINATION = entity("EmailDestination", "type email")
CLIENT_ORGANIZATION = entity("Organization", _CONTACT)
AGREEMENT_CLIENT = entity(
    "AgreementClient", f"{_CONTACT} isDeleted:bool organization>", organization=CLIENT_ORGANIZATION
)

TIME_AGREEMENT = entity(
    "TimeAgreement",
    "id:int name emailSubject emailDescription emailAccount isActive:bool differentiateHoursFranchise:bool "
    "differentiateHoursConsumption:bool accumulateUnusedHours:bool renewalDay:int contractedHours:int "
    "consumptionDeadline:int emailSendDay:int baseAmount:number createdOn:date disabledDate:date typeActivities>> "
    "timeTypeConsumption>> emailDestinations>> clients>>",
    typeActivities=AGREEMENT_ACTIVITY,
    timeTypeConsumption=CONSUMPTION_TYPE,
    emailDestinations=DESTINATION,
    clients=AGREEMENT_CLIENT,
)

CONSUMPTION_APPOINTMENT = entity(
    "ConsumptionAppointment",
    "id:int activity date:date periodStart periodEnd workTime workTypeName createdBy> createdByTeam> ticketNumber "
    "actionNumber:int",
    createdBy=CLIENT_ORGANIZATION,
    createdByTeam=TEAM,
)
CONSUMPTION = entity(
    "TimeAgreementConsumption",
    "id name startPeriod:date endPeriod:date period:date baseAmount:number exceededHourAmount:number renewalDay:int "
    "contractedHours:int differentiateHoursFranchise:bool differentiateHoursConsumption:bool consumedHours:number "
    "discount:number discountType:int typeActivities>> timeAppointments>> expenses>> clients>>",
    typeActivities=AGREEMENT_ACTIVITY,
    timeAppointments=CONSUMPTION_APPOINTMENT,
    expenses=_TICKET_EXPENSE,
    clients=AGREEMENT_CLIENT,
)

# What is not queried with OData: only the properties that parameters filter by.
QUESTION = entity("SurveyQuestion", "id type:int")
RESPONSE = entity("SurveyResponse", "id type:int clientId ticketId:int responseDate:date")
ACTIVITY = entity("Activity", "id:int name")
ARTICLE = entity("Article", "id:int title summary updatedAt:date createdAt:date status:int")
ARTICLE_DETAIL = entity("ArticleDetail", "id:int")
MERGE = entity("MergedTicket", "ticketId:int lastUpdate", key="ticketId")
