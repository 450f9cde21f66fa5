<?php
/**
 * Secrets of overlays: settings.yaml has references, the values are only here, in files of the target. A bundle writes
 * $secret:NAME in its arrays (with ? where the wiki can do without).
 */

const MWPIPE_SECRETS_DIR = '/run/secrets/mwpipe';
const MWPIPE_SECRET_NAME = '/^[a-z0-9][a-z0-9.-]*$/D';

/** The value of a setting with its references resolved; where settings are only looked at, they stay as they are. */
function mwpipeWithSecrets( mixed $value ): mixed {
	if ( is_array( $value ) ) {
		return array_map( 'mwpipeWithSecrets', $value );
	}
	if ( !is_string( $value ) || !str_starts_with( $value, '$secret:' ) || mwpipeIsEvaluating() ) {
		return $value;
	}
	$name = rtrim( substr( $value, strlen( '$secret:' ) ), '?' );
	$problem = mwpipeSecretProblem( $name );
	if ( $problem === null ) {
		return trim( (string)file_get_contents( MWPIPE_SECRETS_DIR . "/$name" ) );
	}
	if ( $problem === 'is missing' && str_ends_with( $value, '?' ) ) {
		return null;
	}
	// Users learn that something is missing, the log what: with an empty token much would go on and fail elsewhere, later.
	error_log( "mwpipe: the secret $name $problem: " . MWPIPE_SECRETS_DIR . "/$name" );
	mwpipeRefuse( 503, PHP_SAPI === 'cli' ? "The secret $name $problem." : 'This instance lacks a secret; its log says which.' );
}

/**
 * Nobody else's process may read a secret: 0600 in a file of one's own, 0400 or 0440 as Kubernetes mounts it.
 * @param array{name:string,uid:int,gid:int}|null $user Who is to read it, if not this process
 */
function mwpipeSecretProblem( string $name, ?array $user = null ): ?string {
	$file = MWPIPE_SECRETS_DIR . "/$name";
	if ( !preg_match( MWPIPE_SECRET_NAME, $name ) || !is_file( $file ) ) {
		return 'is missing';
	}
	$mode = fileperms( $file );
	if ( ( $mode & 0007 ) !== 0 ) {
		return 'may be read by everybody (chmod 0600)';
	}
	if ( $user ) {
		$readable = fileowner( $file ) === $user['uid'] ? $mode & 0400 : filegroup( $file ) === $user['gid'] && $mode & 0040;
	} else {
		$readable = is_readable( $file );
		$user = posix_getpwuid( posix_geteuid() );
	}
	return $readable ? null : 'can\'t be read by ' . ( $user['name'] ?? 'this user' );
}

/**
 * By name; what is in them is nobody's business who asks for this.
 * @return array<int,array{name:string,problem:?string}>
 */
function mwpipeSecretNames( ?array $user = null ): array {
	$names = preg_grep( MWPIPE_SECRET_NAME, @scandir( MWPIPE_SECRETS_DIR ) ?: [] );
	return array_values( array_map( static fn ( $name ) => [ 'name' => $name,
		'problem' => mwpipeSecretProblem( $name, $user ) ], $names ) );
}
