<?php
/**
 * Makes this instance ready for users: waits until PHP answers, then asks for each page twice (the first answer compiles
 * it into opcache, the second shows what users will see), through nginx and FPM as a user's request goes.
 *
 *   php warm.php PATH...     one JSON object: {"pages": [{"path", "status", "ms"}]}; exit code 1 where one is no 2xx or 3xx
 */

require __DIR__ . '/pointer.php';

const ORIGIN = 'http://127.0.0.1:8080';
const PATIENCE_SECONDS = 60;

/** @return array{path:string,status:int,ms:float} */
function ask( string $path ): array {
	$started = microtime( true );
	// No user's request, as the router marks those that are pinned.
	$context = stream_context_create( [ 'http' => [ 'timeout' => 60, 'ignore_errors' => true, 'follow_location' => 0,
		'header' => [ 'X-Mwpipe-Pinned: warm-up', ...hostHeader() ] ] ] );
	$body = @file_get_contents( ORIGIN . $path, false, $context );
	$status = $body === false ? 0 : (int)( explode( ' ', $http_response_header[0] )[1] ?? 0 );
	return [ 'path' => $path, 'status' => $status, 'ms' => round( ( microtime( true ) - $started ) * 1000 ) ];
}

/** On a farm no wiki answers to an address of this machine: the first one that this instance serves stands for all. */
function hostHeader(): array {
	static $header = null;
	$file = mwpipeBundleDir( (string)mwpipeCurrentBundle() ) . '/farm.php';
	if ( $header === null && is_file( $file ) ) {
		preg_match( "/'MW_VERSION', '(.*?)'/", (string)@file_get_contents( '/srv/mediawiki/includes/Defines.php' ), $match );
		foreach ( ( require $file )['wikis'] as $wiki ) {
			if ( ( $wiki['version'] ?? $match[1] ?? '' ) === ( $match[1] ?? '' ) ) {
				return $header = [ "Host: {$wiki['host']}" ];
			}
		}
	}
	return $header ??= [];
}

$deadline = microtime( true ) + PATIENCE_SECONDS;
while ( ask( '/fpm-ping' )['status'] !== 200 && microtime( true ) < $deadline ) {
	usleep( 100000 );
}
$pages = [];
foreach ( array_slice( $argv, 1 ) as $path ) {
	ask( $path );
	$pages[] = ask( $path );
}
echo json_encode( [ 'pages' => $pages ] ), "\n";
exit( array_filter( $pages, static fn ( $page ) => $page['status'] < 200 || $page['status'] >= 400 ) ? 1 : 0 );
