import { secure } from "../misbehaving-target.ts";
import type { Play } from "../misbehaving-target.ts";
import { selfSigned } from "../self-signed.ts";
import type { SelfSigned } from "../self-signed.ts";
import { closed, noHttp, noTls, TIMEOUT } from "./misbehaviour.ts";
import type { Misbehaviour } from "./misbehaviour.ts";

const serves = selfSigned();
const stranger = selfSigned();
const expired = selfSigned({ isExpired: true });
const misnamed = selfSigned({ names: "DNS:other.example" });
/** All but the stranger's: what is wrong with the others is not that nobody vouches for them. */
const tls = { serves, trusts: [serves, expired, misnamed] };

function shows(certificate: SelfSigned): Play {
  return async ({ socket }) => {
    secure(socket, certificate).resume();
    await closed(socket);
  };
}

/** TLS where none is expected, none where it is, and certificates that prove nothing. */
export const TLS: readonly Misbehaviour[] = [
  {
    name: "shows a certificate that nobody vouches for",
    tls,
    play: shows(stranger),
    shown: noTls("DEPTH_ZERO_SELF_SIGNED_CERT"),
  },
  { name: "shows a certificate that has expired", tls, play: shows(expired), shown: noTls("CERT_HAS_EXPIRED") },
  {
    name: "shows another host's certificate",
    tls,
    play: shows(misnamed),
    shown: noTls("ERR_TLS_CERT_ALTNAME_INVALID"),
  },
  {
    name: "speaks no TLS under https",
    tls,
    play: async ({ socket, request }) => {
      await request.begun();
      socket.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
      await closed(socket);
    },
    shown: noTls(/^(EPROTO|ERR_SSL_WRONG_VERSION_NUMBER)$/),
  },
  { name: "never ends the TLS handshake", tls, play: ({ socket }) => closed(socket), shown: TIMEOUT },
  {
    name: "speaks TLS under http",
    play: async ({ socket, request }) => {
      await request.whole();
      // What a TLS server says to what is no TLS: a fatal alert.
      socket.end(Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46]));
    },
    shown: noHttp("HPE_INVALID_CONSTANT"),
  },
];
