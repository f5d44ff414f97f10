package mock

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Versions of SignPath that the mock claims to be: the old one with Dialect.OldOriginNames.
const (
	applicationVersion    = "1.220.0"
	oldApplicationVersion = "1.200.2"
)

// applicationRelease is a version of SignPath.
type applicationRelease [3]int

// The versions that brought what a client may miss, by the changelog.
var (
	managementVersion  = applicationRelease{1, 170, 2} // the routes of v1, except those of signing requests
	policyReadVersion  = applicationRelease{1, 177, 0} // GET …/SigningPolicies/{signingPolicySlug}
	systemInfoVersion  = applicationRelease{1, 186, 1} // GET /v1/Meta/SystemInfo
	problemsVersion    = applicationRelease{1, 195, 0} // problem details for all errors
	originNamesVersion = applicationRelease{1, 202, 0} // the new names of origin verification
	readRuleVersion    = applicationRelease{1, 207, 3} // the project read permission
)

func parseVersion(text string) (applicationRelease, error) {
	var parsed applicationRelease
	numbers := strings.Split(text, ".")
	for i, number := range numbers {
		value, err := strconv.Atoi(number)
		if err != nil || value < 0 || len(numbers) != len(parsed) {
			return parsed, fmt.Errorf("dialect: %q is no version; write version=1.176.0", text)
		}
		parsed[i] = value
	}
	return parsed, nil
}

// version is what the server claims to be.
func (d Dialect) version() string {
	if d.OldOriginNames {
		return cmp.Or(d.Version, oldApplicationVersion)
	}
	return cmp.Or(d.Version, applicationVersion)
}

// isBefore tells whether the server is older than a version. A version that is none is old; validate refuses it.
func (d Dialect) isBefore(other applicationRelease) bool {
	own, _ := parseVersion(d.version())
	return slices.Compare(own[:], other[:]) < 0
}

func (d Dialect) hasOldOriginNames() bool { return d.OldOriginNames || d.isBefore(originNamesVersion) }

func (d Dialect) hasPlainTextErrors() bool { return d.PlainTextErrors || d.isBefore(problemsVersion) }

// hasOldReadRule: organizations that were there before 1.207.3 had the old rule until some weeks after 1.211.0.
func (d Dialect) hasOldReadRule() bool { return d.OldReadRule || d.isBefore(readRuleVersion) }

// lacks tells whether the server is too old for a route of an organization.
func (d Dialect) lacks(r route) bool {
	return d.isBefore(managementVersion) ||
		d.isBefore(policyReadVersion) && r.method == http.MethodGet && r.template == policyTemplate
}
