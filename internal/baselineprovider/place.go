package baselineprovider

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
)

const invalidPlace = "Invalid place"

// CheckPlace reports what is wrong with the key and the id of a place of a kind that is the
// outermost within the organization. Used has the ids of others, with their keys.
func CheckPlace(a *Attributes, model *baseline.Model, kind, attribute, key, id string, used map[string]string) {
	at := path.Root(attribute).AtMapKey(key)
	if _, err := model.Vocabulary.ParsePlaceKey(kind + ":" + key); err != nil {
		a.Refuse(at, invalidPlace, "%q cannot be a key, because no place could be named by it: %s.", key, err)
	}
	if id != strings.TrimSpace(id) {
		a.Refuse(at.AtName("id"), invalidPlace, "%q has white space around it.", id)
	}
	if other, isUsed := used[id]; isUsed && id != "" {
		a.Refuse(at.AtName("id"), invalidPlace, "%s and %s have the same id, %s.", other, key, id)
	}
	used[id] = key
}
