package main

import "github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider/verified"

// questions are what is not known, most important first.
func questions() []verified.Question {
	return []verified.Question{
		{
			Asks: "Is the invitation API served today, on which version, and to which key?",
			Known: "The reference of version 3 has pages for it. In July 2024 the vendor's SDK moved its paths to `/v4` and lost the methods that call them; " +
				"no changelog mentions it. The page *Users, Roles, and Rights* still says that users can be managed by an API.",
			Meanwhile: "`ignisign_application_invitation` asks the version that `api_version` says, or else the one that the application says of itself, and no other. " +
				"A 404 of `/v4` is an error that says that the API may not be served there, and how to ask `/v3`. " +
				"A 401, 403 or 404 is never taken for an empty list: nothing leaves the state.",
			Switches: []string{
				"v3-only", "v4-only", "v4-invitations-403", "v4-invitations-404", "new-keys-on-v4-only",
				"other-environment-refused", "feature-forbidden", "feature-unauthorized",
			},
			Settles: "the look below: the list on both versions. Whether a key may invite to another environment than its own, only an invitation shows, or the vendor.",
		},
		{
			Asks:  "What do an edit and a cancellation do after an invitation was accepted?",
			Known: "There is an error code NO_PENDING_USER_INVITATION, and the data models call the body of an edit one of an application *user*.",
			Meanwhile: "neither is sent unless the list has the invitation as `PENDING`. " +
				"Other roles after that are an error in the plan. To destroy the resource is an error that says " +
				"that access is not taken away, unless `accepted_on_destroy` is `forget`, which says the same as a warning.",
			Switches: []string{"edit-accepted-changes-member", "edit-accepted-changes-nothing", "cancel-accepted-keeps-member", "cancel-accepted-removes-member"},
			Settles:  "a page of the vendor. No request that only reads shows it.",
		},
		{
			Asks: "How do `ADMIN`, `USER` and `READER` relate to the IAM roles that the Console shows?",
			Known: "Invitations have these three for each environment. " +
				"A sample on the page *Users, Roles, and Rights* invites with a list of IAM roles, by a client class that the vendor's SDK " +
				"does not have.",
			Meanwhile: "no role is mapped to another one. `ignisign_access_review` compares in which environments somebody is invited, and not as what. " +
				"The form of the sample is never sent.",
			Switches: []string{"iam-roles"},
			Settles: "the Console, read only: whoever was invited as `USER` alone and accepted has some role there, if nobody has changed it since. " +
				"Or a page of the vendor.",
		},
		{
			Asks:      "Does the server enforce the matrix as it is published?",
			Known:     "The cells are those of the published data models, in which nothing else uses them but the permissions of an API key, and these are not used yet.",
			Meanwhile: "what rests on a cell is called observed or inferred, in data sources, rules and reports alike. Nothing is sent that depends on it.",
			Settles:   "the whole page *Users, Roles, and Rights*, with its marks, says what is published. What is enforced, the vendor alone can say.",
		},
		{
			Asks:  "Does the record of an ended invitation stay in the list?",
			Known: "A cancellation answers the invitation, and there is a status `CANCELED`.",
			Meanwhile: "one that is `CANCELED` and one that an answered list lacks are the same: " +
				"it leaves the state, and the next plan says that a new one will be mailed. " +
				"One that is `DECLINED` stays, with a warning.",
			Switches: []string{"cancel-removes-record"},
			Settles:  "the look below, if an invitation of the application was cancelled before: its status is in the list, or is not.",
		},
		{
			Asks:  "What of the application is shown to an API key?",
			Known: "The data models say what there can be, and not what a key of one environment gets of the others.",
			Meanwhile: "what is not shown is null in `ignisign_application` and a gap in `ignisign_access_review`, and never an empty list. " +
				"Secrets in the answer are not decoded. " +
				"If `api_version` is not set and the answer does not say which version the application uses, that is an error.",
			Switches: []string{"context-of-own-environment", "context-without-client-secret"},
			Settles:  "the look below: the context.",
		},
		{
			Asks:      "Is an invitation edited by PUT or by POST?",
			Known:     "The SDK of 2024 sends PUT. The reference of version 3 prints POST, and roles as a list.",
			Meanwhile: "PUT is sent. A 404 or 405 is an error that names both sources; nothing else is tried.",
			Switches:  []string{"edit-by-post", "edit-by-put-and-post", "other-method-405"},
			Settles:   "the vendor's OpenAPI document, or its reference of the current version. No request that only reads shows it.",
		},
		{
			Asks:  "May roles leave out an environment, or have an empty list, and may a body have further properties?",
			Known: "The data models demand an address, and an object that is not empty.",
			Meanwhile: "all three environments are sent, those without a role as an empty list, and nothing that is not known. " +
				"A refusal is an error with the server's words.",
			Switches: []string{"empty-list-refused", "missing-environment-refused", "unknown-properties-refused"},
			Settles: "the vendor's OpenAPI document. " +
				"The look below shows which environments the roles in the list have, which is what is kept, and not what is demanded.",
		},
		{
			Asks:  "What becomes of a second invitation to one address, and does the case of an address count?",
			Known: "There are error codes for who is invited already, and for who is in the application already.",
			Meanwhile: "the list is read before somebody is invited: an invitation that is pending or accepted is an error that says how to import it. " +
				"Addresses are compared without case. " +
				"Where a lost answer leaves more than one in the list, that is an error, and none is taken for the new one.",
			Switches: []string{"second-invitation-new", "second-invitation-same", "lower-case-addresses"},
			Settles:  "a page of the vendor. No request that only reads shows it.",
		},
		{
			Asks:  "How are the events of a webhook counted, ordered and named?",
			Known: "The webhook pages call the topic of changed members APPLICATION, and the data models APP.",
			Meanwhile: "every page is read, from 1 on, and page 0 if events are missing then. " +
				"Both topics count. If fewer could be read than there are by the server's word, " +
				"`ignisign_membership_changes` and `ignisign_access_review` say so.",
			Switches: []string{"events-from-zero", "events-strict", "events-oldest-first", "topic-application"},
			Settles:  "where there is a webhook already: the page with its id in the Console, and `GET /v4/webhooks/ID/events?filter=ALL&page=0` in the same way as the look below, then `page=1`.",
		},
		{
			Asks:      "Which form have errors, and how long is a token good for?",
			Known:     "The properties of errors are documented. The SDK expects a message that is text or an object, and reads the end of a token in it.",
			Meanwhile: "a message of either form is shown. A token is replaced shortly before it ends by its own word, and once it is refused.",
			Switches:  []string{"message-objects", "short-tokens"},
			Settles:   "the look below, if an answer of it is a refusal: it shows the form of the message. New keys need no token.",
		},
	}
}

// look is what an administrator of an application can ask.
func look() verified.Look {
	const header = "-H @key.header"
	return verified.Look{
		About: "It takes a new API key (`skv2_…`) of an application for the environment DEVELOPMENT, and leave of whoever answers for that application. " +
			"Where one has to be made for it, revoke it after.",
		Prepare: []string{
			"APPLICATION=appId_YOUR-APPLICATION-ID",
			`read -rsp 'API key: ' KEY && printf 'Authorization: Bearer %s\n' "$KEY" >key.header; echo`,
		},
		Requests: []verified.Request{
			{Name: "invitations on v4", Arguments: header, URL: "https://api.ignisign.io/v4/applications/$APPLICATION/users-invitations"},
			{Name: "invitations on v3", Arguments: header, URL: "https://api.ignisign.io/v3/applications/$APPLICATION/users-invitations"},
			{Name: "context", Arguments: header, URL: "https://api.ignisign.io/v4/applications/$APPLICATION/context"},
		},
		Words: []string{"status", "code", "ignisignApiVersion"},
		Tells: [][2]string{
			{"200 and a list on v4, or on v3, or on both", "the invitation API is served there (1)"},
			{"404 on one version", "it is not served there, or the application is not (1): the code tells, and whether the context answers 200"},
			{"401 on v3 alone", "a new key is not good for v3 (1)"},
			{"403 and ORGANIZATION_FEATURE_FORBIDDEN, or another code", "the organization or the key may not (1)"},
			{"an invitation of the status CANCELED or DECLINED", "ended ones stay in the list (5). " +
				"If there is none, nothing is settled, unless you know of one that was cancelled"},
			{"something else than a list: an object with a list in it, or with a number of pages", "the provider cannot read it, and says so: please report the names"},
			{"roles in the list, by environment", "whether all three are kept (8)"},
			{"DEVELOPMENT, STAGING and PRODUCTION in envSettings, or DEVELOPMENT alone", "whether a key is shown the other environments (6)"},
			{"apiKeys, ssoConfigs, webhooks and clientSecret in envSettings", "what a key is shown of them (6). The value of a secret is not shown by the commands"},
			{"ignisignApiVersion", "the version that the provider asks unless it is told otherwise (1)"},
		},
	}
}
