package main

import "github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider/verified"

// questions are what is not known, most important first.
func questions() []verified.Question {
	return []verified.Question{
		{
			Asks:      "Is there an API for users, roles and grants that no known source mentions?",
			Known:     "Every step that the pages describe is one in the Dashboard. The list of API pages is known in part only.",
			Meanwhile: "no grant is sent or read. `signicat_access_baseline` says in its plans what a person has to do, and that the apply does not do it.",
			Settles:   "the vendor's whole list of API references, and its index of pages about access management. No request is needed.",
		},
		{
			Asks:  "Which roles are there, and which permissions does each have?",
			Known: "The pages name the few roles above. The Dashboard lists all, in *IAM → Roles*.",
			Meanwhile: "names of roles are free text. One that neither the pages nor `roles` have is a finding, `undeclared-role`. " +
				"What a role allows is only said as far as its basic type tells.",
			Settles: "*IAM → Roles* in a Dashboard: names and descriptions are the vendor's own words. A page of the vendor would be better.",
		},
		{
			Asks: "Which audit events tell of grants, how are they asked for, and in which account are they found?",
			Known: "The form of a query is documented, and its path is not. " +
				"The Dashboard shows the events of one selected account. Nothing says what `userId` means, nor whether what is done at the " +
				"organisation is among the events of any account.",
			Meanwhile: "no event, field or operator is built in: filters are yours, and are sent as they are written. " +
				"`query_path` replaces the path. `userId` is shown as it is. A longer time is asked " +
				"for in parts of 30 days, and where Signicat refuses an earlier part, `signicat_access_review` says so. What an event does not tell is null.",
			Switches: []string{
				"query-path=/audit/events/query", "operator-eq=EQUALS", "operator-contains=LIKE",
				"metadata-objects", "query-limited", "no-organisation-events", "user-id-of-subject", "events-without-data",
			},
			Settles: "the whole OpenAPI document of the audit API. " +
				"By one request, the metadata, in the look below. Which event a grant makes, the audit log of the Dashboard shows after somebody granted a role " +
				"anyway: of that, the names of service and event are what counts.",
		},
		{
			Asks:  "Who is a domain, to which a role can be granted?",
			Known: "The form for granting takes users, API clients and domains. The domain API is about DNS names of an account, and may be something else.",
			Meanwhile: "a domain is a principal of its own, and is never taken for the users whose addresses end so. " +
				"An Admin role for one is the finding `domain-admin`.",
			Settles: "the vendor's pages about access management. No request shows it.",
		},
		{
			Asks:      "Does an Editor role have what a Writer role has, and what are the exceptions of Viewer roles?",
			Known:     "Editor has \"create\" among its actions. Of Viewer, the page says \"Exceptions are secrets and auditlog\".",
			Meanwhile: "a Writer role is never called redundant, and a Viewer role whose name is about secrets or the audit log gets the note `viewer-exception`.",
			Settles:   "the whole page *Managing roles and permissions*, or the description of such roles in *IAM → Roles*.",
		},
		{
			Asks:      "Does a role on a parent organisation hold in its child organisations?",
			Known:     "There are parent organisations, for partners and invoices. The page about where a role holds is silent on them.",
			Meanwhile: "the answer is *unknown*, and no rule fires on it. A baseline is of one organisation.",
			Settles:   "the whole page *Managing roles and permissions*. No request shows it.",
		},
		{
			Asks:      "Can an account be changed, deleted and restored by the account API, and an organisation?",
			Known:     "Listing, reading and creating accounts is documented.",
			Meanwhile: "there is no resource for accounts: it could not be changed or destroyed. They are read only.",
			Settles:   "the whole OpenAPI document of the account API. No request is needed.",
		},
		{
			Asks:  "What does the list of accounts have: what is `next`, and what is left out?",
			Known: "The example of the reference has null for `next`. Dates may be empty texts and booleans null, and what there is varies with the version.",
			Meanwhile: "a token and a URL of the same route are followed; " +
				"a URL that leads elsewhere is an error, and nothing is sent there; a list that would not end is an error; an empty page is not " +
				"the end. What is null or empty is unknown, and not false. " +
				"An account that is in both lists, deleted or not, without saying which, is an error where the deleted ones are asked for, and a gap of a review.",
			Switches: []string{
				"next-url", "next-absent", "next-foreign", "next-repeated", "next-endless", "empty-pages", "page-size=2",
				"deleted-ignored", "no-organisation", "empty-dates", "null-booleans", "unknown-properties",
			},
			Settles: "the look below: the list of accounts, one account a page, so that `next` is there if there are two.",
		},
		{
			Asks: "What does a request have to name: the organisation, the account, or neither?",
			Known: "The usage API needs a header with either. " +
				"The vendor's SDK sends the organisation as a header and in the query, and the account of the token in the query, to all APIs.",
			Meanwhile: "both are sent, as the SDK does, as far as they are known: the organisation if `organisation_id` is set, the account if the token has the claim `account_id`. " +
				"A refusal is an error with the server's words.",
			Switches: []string{"needs-organisation", "needs-account", "needs-either", "needs-403", "no-account-claim"},
			Settles:  "the look below: the list of accounts with the header, and without it.",
		},
		{
			Asks:      "How does a client show its secret, and how long is a token good for?",
			Known:     "The SDK sends the secret in the form, others send it as HTTP Basic.",
			Meanwhile: "it is sent in the form. A token is replaced shortly before `expires_in` has passed, and once it is refused.",
			Switches:  []string{"token-form", "token-basic", "token-lifetime=2s"},
			Settles:   "the look below: the token.",
		},
		{
			Asks:  "Which form have errors?",
			Known: "Problem documents are documented. The SDK expects other forms of some products, and none.",
			Meanwhile: "what is known of a problem document is shown, and anything else is quoted. " +
				"Nothing is concluded from a refusal: what was asked for may be there.",
			Switches: []string{"errors-message", "errors-empty", "errors-html"},
			Settles:  "the look below: the list of accounts without a token, which needs no credentials.",
		},
		{
			Asks: "What do *Remove access* and *Grant access* do in the Dashboard, and who may do it?",
			Known: "*Remove access* removes all roles. " +
				"Whether those of one row or of the principal, no page says; nor whether somebody who was invited and has not accepted can be given a role, " +
				"nor what a Partner Organisation Admin may do beside inviting.",
			Meanwhile: "*Remove access* is only a step where the principal keeps nothing. " +
				"The step that gives a role says that who is not offered there has to accept first, and nothing is taken from anybody before new administrators have accepted. " +
				"A Partner Organisation Admin counts as somebody who can " +
				"invite, and as nothing more.",
			Switches: []string{"remove-row-only", "invited-offered", "partners-grant"},
			Settles:  "the whole pages *Managing roles and permissions* and *Managing users*, or a look at a Dashboard by who works in it anyway. No request shows it.",
		},
	}
}

// look is what the holder of an API client can ask.
func look() verified.Look {
	const (
		authorized   = "-H @token.header"
		organisation = ` -H "Signicat-OrganizationId: $ORGANISATION"`
	)
	return verified.Look{
		About: "It takes an API client that may list accounts, such as one of the organisation (`org-…`), and leave of whoever answers for the organisation. " +
			"The list without a token needs neither. " +
			"The one for a token is a POST, and makes nothing but the token.",
		Prepare: []string{
			"CLIENT=YOUR-CLIENT-ID ORGANISATION=o-p-YOUR-ORGANISATION-ID",
			`read -rsp 'Client secret: ' SECRET && printf '%s' "$SECRET" >secret; echo`,
			"curl -sS https://api.signicat.com/auth/open/connect/token -d grant_type=client_credentials -d scope=signicat-api \\",
			`  --data-urlencode "client_id=$CLIENT" --data-urlencode client_secret@secret -o token.json -w 'token: %{http_code}\n'`,
			"jq -f shape.jq token.json",
			`jq -r '"Authorization: Bearer " + .access_token' token.json >token.header`,
		},
		Requests: []verified.Request{
			{Name: "accounts without a token", URL: "https://api.signicat.com/account-management/accounts"},
			{Name: "accounts", Arguments: authorized, URL: "https://api.signicat.com/account-management/accounts?limit=1"},
			{Name: "accounts of the organisation", Arguments: authorized + organisation, URL: "https://api.signicat.com/account-management/accounts?limit=1"},
			{Name: "metadata", Arguments: authorized + organisation, URL: "https://api.signicat.com/audit/query/metadata"},
		},
		Words: []string{"status", "code", "error", "token_type", "expires_in"},
		Tells: [][2]string{
			{"the names in the answer without a token, or an error of jq", "the form of errors (11)"},
			{"200 and access_token", "the secret is taken in the form (10). 400 or 401 and invalid_client: perhaps not, or it is wrong"},
			{"expires_in", "how long a token is good for, in seconds (10)"},
			{"200, 400 or 403 without the header of the organisation, and with it", "what a request has to name (9)"},
			{"next: null or string", "whether there is a next page; two accounts and null say that `limit` is not heeded (8). " +
				"To say whether it is a URL, put `jq .next` in the place of `jq -f shape.jq` there, and keep to yourself what it prints"},
			{"null or string in organization and the dates, null or boolean", "what is left out (8)"},
			{"targets: texts or objects, and the names in them", "the form of the metadata (3)"},
		},
	}
}
