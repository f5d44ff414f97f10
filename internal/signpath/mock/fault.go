package mock

import "github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"

// Fault makes requests go wrong. A Route that names the OpenAPI document, such as "GET /swagger/v1/swagger.json", makes
// that go wrong.
type Fault = mockserver.Fault

// InjectedFault is a fault and what became of it.
type InjectedFault = mockserver.InjectedFault

// FaultAction is what a fault does to a request.
type FaultAction = mockserver.FaultAction

// What any mock server can do to a request.
const (
	FaultNone              = mockserver.FaultNone
	FaultAnswer            = mockserver.FaultAnswer
	FaultAnswerAfterActing = mockserver.FaultAnswerAfterActing
	FaultDelay             = mockserver.FaultDelay
	FaultCutBeforeActing   = mockserver.FaultCutBeforeActing
	FaultCutAfterActing    = mockserver.FaultCutAfterActing
	FaultCutBody           = mockserver.FaultCutBody
	FaultMalformedBody     = mockserver.FaultMalformedBody
	FaultHideProperties    = mockserver.FaultHideProperties
)

const (
	// FaultStaleList executes the request, but a list of users, groups or projects shows the organization as it was
	// DelayMilliseconds ago; with 0, as it was when the server started.
	FaultStaleList FaultAction = "staleList"
	// FaultDropProperties executes the request, but Properties, by their request names, are silently lost: what they
	// would have set is reset.
	FaultDropProperties FaultAction = "dropProperties"
	// FaultKeepProperties executes the request, but Properties, by their request names, silently keep their value.
	FaultKeepProperties FaultAction = "keepProperties"
)

// ownFaults are those that the handlers carry out.
var ownFaults = map[FaultAction]func(Fault) error{
	FaultStaleList: nil, FaultDropProperties: mockserver.NeedsProperties, FaultKeepProperties: mockserver.NeedsProperties,
}
