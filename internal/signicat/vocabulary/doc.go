// Package vocabulary is what Signicat publishes of its roles: the basic types, the four role
// names that its pages mention, and where a role holds, each with its evidence and source.
//
// The shape: an organisation has accounts, each a sandbox or for production. A grant is one
// scope, the organisation or an account, with principals and roles. A role that is granted on
// the organisation holds in all of its accounts, and one that is granted on an account holds
// there alone.
//
// What is not published: the list of roles, and which permissions a role has. So there is no
// matrix here and no list of product roles. Role names are free text and compared as written;
// whoever uses one declares it ([Declare]), and a declaration wins over what the ending of the
// name suggests.
//
// The evidence: nobody has asked a server of Signicat. Everything here is documented, on pages
// of which some are known in part only, unless it says otherwise.
package vocabulary
