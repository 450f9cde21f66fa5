/**
 * The configuration of a docker target's HAProxy: one backend with the instances of both slots (weights decide, and a
 * connection that fails on one instance is tried on another, whatever its slot), one backend a slot for pins. Weights
 * aren't in it: they are set at run time, kept in the state file, and read back from there by a reload or a restart.
 * @see HAProxy 2.6 configuration manual, "server-state-file", "option redispatch", "retry-on"
 */

export interface RouterSettings {
  readonly slots: readonly SlotServers[];
}

interface SlotServers {
  readonly slot: string;
  /** Container names, resolved by the engine's DNS: an instance that comes back with another address is found again. */
  readonly instances: readonly string[];
}

export const ROUTER_FOLDER = '/srv/router';
export const CONFIG_FILE = `${ROUTER_FOLDER}/haproxy.cfg`;
export const STATE_FILE = `${ROUTER_FOLDER}/servers.state`;
export const ADMIN_SOCKET = '/run/haproxy/admin.sock';
export const LIVE_BACKEND = 'wiki';

/** Where the router looks up whether a pin is right: one file a slot, one `slot:key` a line. */
export const pinFile = (slot: string): string => `${ROUTER_FOLDER}/pin-${slot}`;

export function routerConfig({ slots }: RouterSettings): string {
  return [GLOBAL, DEFAULTS, frontend(slots.map(({ slot }) => slot)), liveBackend(slots), ...slots.map(pinBackend)].join(
    '\n',
  );
}

const GLOBAL = `global
  log stdout format raw local0 info
  user haproxy
  group haproxy
  maxconn 2000
  stats socket ${ADMIN_SOCKET} mode 600 level admin expose-fd listeners
  server-state-file ${STATE_FILE}
  # A reload lets the old process end its requests; longer than the longest.
  hard-stop-after 130s

resolvers engine
  nameserver docker 127.0.0.11:53
  accepted_payload_size 8192
  resolve_retries 2
  timeout resolve 1s
  timeout retry 1s
  hold valid 1s
  hold nx 3s
  hold timeout 30s
  hold refused 30s
  hold other 30s
  hold obsolete 3s
`;

const DEFAULTS = `defaults
  mode http
  log global
  log-format '{"time":"%Tl","client":"%ci","backend":"%b","server":"%s","method":"%HM","uri":%{+Q}HU,"status":%ST,"ms":%Ta,"state":"%tsc","retries":"%rc"}'
  timeout connect 2s
  timeout client 60s
  timeout server 120s
  timeout queue 60s
  # A busy instance answers the check late, behind its users; taking it out would only send them to nobody. A dead one
  # refuses the connection at once.
  timeout check 30s
  timeout http-request 10s
  timeout http-keep-alive 30s
  # A connection that fails goes to another instance at once; a request whose answer never began is repeated only where
  # that changes nothing (see disable-l7-retry).
  option redispatch 1
  retries 3
  retry-on conn-failure empty-response
  option httpchk
  http-check send meth GET uri /fpm-ping
  http-check expect status 200
  load-server-state-from-file global
  # No maxconn: with it, waiting requests are handed to whoever ends one, and a slot with a small share, which ends few,
  # gets nothing at all while the other is busy (seen: 2 of 900 requests at 5 %).
  default-server init-addr last,none resolvers engine resolve-prefer ipv4 check inter 1s fall 3 rise 1 weight 0
`;

function frontend(slots: readonly string[]): string {
  const pins = slots.map(
    (slot) => `  http-request set-var(txn.pin) str(${slot}) if { req.hdr(X-Mwpipe-Pin) -m str -f ${pinFile(slot)} }`,
  );
  return `frontend web
  bind :8080
  # Pages about an instance are not for users: instances answer them only to who doesn't come from here.
  http-request deny deny_status 404 if { path,url_dec -m reg ^/+(fpm-|stub_status|mwpipe(/|$)) }
  http-request set-header X-Forwarded-For %[src]
  http-request disable-l7-retry unless { method GET HEAD OPTIONS }
${pins.join('\n')}
  http-request deny deny_status 403 if { req.hdr(X-Mwpipe-Pin) -m found } !{ var(txn.pin) -m found }
  http-request del-header X-Mwpipe-Pin
  http-request del-header X-Mwpipe-Pinned
  http-request set-header X-Mwpipe-Pinned %[var(txn.pin)] if { var(txn.pin) -m found }
  use_backend pin_%[var(txn.pin)] if { var(txn.pin) -m found }
  default_backend ${LIVE_BACKEND}
`;
}

function liveBackend(slots: readonly SlotServers[]): string {
  return `backend ${LIVE_BACKEND}
  balance roundrobin
${slots.flatMap(serverLines).join('\n')}
`;
}

function pinBackend(slot: SlotServers): string {
  return `backend pin_${slot.slot}
  balance roundrobin
${serverLines(slot)
  .map((line) => `${line} weight 1`)
  .join('\n')}
`;
}

function serverLines({ slot, instances }: SlotServers): string[] {
  return instances.map((name, index) => `  server ${slot}-${String(index + 1)} ${name}:8080`);
}
