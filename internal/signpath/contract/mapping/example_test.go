package mapping_test

// whole has everything that the format can say.
const whole = `version: 1
document: sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
roles:
  GlobalAdministrator: ADMIN
  RegularUser: null
  GlobalReader: 3
members:
  answer: {form: objects, id: principalId, kind: type, kinds: {user: Person, ci_user: Robot, group: Team}}
  request: {form: ids}
user:
  list:
    route: GET /People
    items: data.people
    page: {number: page, first: 0, size: pageSize, entries: 100, total: meta.total}
  read: {route: "GET /People/{id}"}
  me: {route: GET /People/Me}
  answer:
    id: personId
    slug: profile.displayName
    name: profile.displayName
    email: contact.mail
    active: {path: state, when_true: Enabled, when_false: [Disabled, Locked]}
    role: {path: access.role, values: {UserAdministrator: USERS}}
    notification_email: {path: notifyTo, null: empty}
  create:
    route: POST /People
    body: {displayName: =name, contact.mail: =email, sendMail: true}
    id: personId
  edit:
    route: PUT /People/{id}
    body: {displayName: =name, level: <access.level}
    kept: [identity, contact]
  set:
    role: {route: "POST /People/{id}/Role", body: {value: {from: =role, values: {UserAdministrator: 7}}}}
  activate: {route: "POST /People/{id}/Status", body: {enabled: true}}
  deactivate: {route: "POST /People/{id}/Status", body: {enabled: false}}
  reinvite: none
ci_user:
  list: {page: {skip: offset}}
  regenerate_token: {route: "POST /Robots/{id}/Token", token: result.value}
group:
  list: {page: {token: cursor, next: meta.next}}
  change_members: {route: "PUT /Teams/{id}/Members", body: =members}
  modify_members: none
project:
  list: {page: {link: Link}}
  answer:
    signing_policies: {path: policies, slug: key, name: title}
signing_policy:
  answer:
    required_approvals: approval.quorum
    approvers: {path: approval.by, null: empty, members: {form: per_kind, user: people, ci_user: robots, group: teams, each: slugs}}
    verifies_origin_policy: {path: anyOrigin, when_true: false, when_false: true}
  edit:
    route: PUT /Projects/{project}/SigningPolicies/{policy}
    body:
      approval.by: {from: =approvers, members: {form: ids}}
  set:
    submitters: {route: "PUT /Projects/{project}/SigningPolicies/{policy}/Submitters", body: =submitters}
organization:
  answer: {quota_start: quota.from}
audit_event:
  list: {page: {whole: true}}
  answer: {time: at, actor: who, object: what}
`
