// Does with libsodium what GitHub does for the secrets of a repository. The first line that it prints
// is a public key in base64. Then it opens each sealed box that it is given, a line in base64, and
// prints what is in it as a line of JSON; null if it cannot be opened. The private key never leaves it.
import { createInterface } from "node:readline";
import sodium from "libsodium-wrappers";

await sodium.ready;
const base64 = sodium.base64_variants.ORIGINAL;
const { publicKey, privateKey } = sodium.crypto_box_keypair();
console.log(sodium.to_base64(publicKey, base64));
for await (const line of createInterface({ input: process.stdin })) {
  let text = null;
  try {
    text = sodium.to_string(sodium.crypto_box_seal_open(sodium.from_base64(line, base64), publicKey, privateKey));
  } catch {
    // It was sealed for another key, or is no sealed box.
  }
  console.log(JSON.stringify(text));
}
