/** The shell that runs inside a docker target's own containers. Secrets are made, kept and read there, and never leave. */

/** Random, readable by PHP's user and root alone, kept once made. 755: who may look at the folder is said by the files. */
export const MAKE_SECRETS = `set -eu
cd /run/secrets/mwpipe
chmod 755 .
umask 077
for name in database-password secret-key upgrade-key admin-password pin-key; do
  [ -s "$name" ] && continue
  od -An -v -N 32 -tx1 /dev/urandom | tr -d ' \\n' > "$name.new"
  chown www-data:www-data "$name.new"
  sync "$name.new"
  mv "$name.new" "$name"
done`;

/** The router compares pins with files of its own: it needs no other secret. */
export const WRITE_PINS = `set -eu
umask 077
for slot in "$@"; do
  printf '%s:%s\\n' "$slot" "$(cat /run/secrets/mwpipe/pin-key)" > "/srv/router/pin-$slot.new"
  mv "/srv/router/pin-$slot.new" "/srv/router/pin-$slot"
done`;

/** @returns prints "changed" where the file was another */
export const REPLACE_FILE = `set -eu
cat > "$1.new"
if cmp -s "$1.new" "$1"; then rm "$1.new"; exit 0; fi
sync "$1.new"
mv "$1.new" "$1"
echo changed`;

export const ROUTER_ENTRY = `set -eu
mkdir -p /run/haproxy
exec haproxy -W -db -f /srv/router/haproxy.cfg`;

/**
 * Initialised once: a folder without the marker is what a killed start left. Account and password are set at every
 * start, from the secret's file; what mariadbd reads them from is gone with the container.
 */
export const DATABASE_ENTRY = `set -eu
data=/var/lib/mysql
mkdir -p /run/mysqld
if [ ! -e "$data/mwpipe-initialised" ]; then
  rm -rf "$data"/* "$data"/.[!.]*
  chown mysql:mysql "$data"
  mariadb-install-db --user=mysql --datadir="$data" --skip-test-db > /dev/null
  touch "$data/mwpipe-initialised"
  sync
fi
umask 077
password=$(cat /run/secrets/mwpipe/database-password)
cat > /run/mysqld/accounts.sql <<END
CREATE DATABASE IF NOT EXISTS wiki CHARACTER SET binary;
CREATE USER IF NOT EXISTS 'wiki'@'%' IDENTIFIED BY '$password';
ALTER USER 'wiki'@'%' IDENTIFIED BY '$password';
GRANT ALL ON wiki.* TO 'wiki'@'%';
END
chown -R mysql:mysql /run/mysqld
exec mariadbd --user=mysql --datadir="$data" --bind-address=0.0.0.0 --skip-name-resolve --skip-log-bin --max-connections=300 --init-file=/run/mysqld/accounts.sql`;

/** The socket opens when the accounts are set. */
export const DATABASE_READY = 'mariadb-admin --connect-timeout=2 ping';
