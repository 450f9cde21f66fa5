<?php
/**
 * Served by FPM as /mwpipe/bundle to whoever asks the instance itself: which bundle the next request here gets, and
 * what opcache holds. With ?retire=HASH[,HASH...] those bundles' files are dropped from opcache: nothing else ever
 * drops them, and opcache that is full of retired bundles compiles each new one on every request. With ?secrets it names
 * the secrets that it finds.
 */

require __DIR__ . '/pointer.php';
require __DIR__ . '/secrets.php';

header( 'Content-Type: application/json' );
header( 'Cache-Control: no-store' );

/** @return array<string,string[]> Cached files by bundle; the list of opcache has the retired ones too */
function mwpipeCachedBundles(): array {
	$cached = [];
	$prefix = MWPIPE_OVERLAY_DIR . '/bundles/';
	foreach ( array_keys( opcache_get_status( true )['scripts'] ?? [] ) as $file ) {
		if ( str_starts_with( $file, $prefix ) && opcache_is_script_cached( $file ) ) {
			$cached[ strtok( substr( $file, strlen( $prefix ) ), '/' ) ][] = $file;
		}
	}
	return $cached;
}

$current = mwpipeCurrentBundle();
$invalidated = 0;
$retire = array_filter( explode( ',', (string)( $_GET['retire'] ?? '' ) ), static fn ( $hash ) => $hash !== $current );
$cached = mwpipeCachedBundles();
foreach ( array_intersect_key( $cached, array_flip( $retire ) ) as $files ) {
	foreach ( $files as $file ) {
		$invalidated += opcache_invalidate( $file, true ) ? 1 : 0;
	}
}
// A list of some thousand files: a push asks often, and retires once.
$cached = $invalidated > 0 ? mwpipeCachedBundles() : $cached;

$opcache = opcache_get_status( false ) ?: [];
echo json_encode( [
	'bundle' => $current,
	'release' => (string)getenv( 'MWPIPE_RELEASE' ),
	'slot' => (string)getenv( 'MWPIPE_SLOT' ),
	'staged' => array_values( preg_grep( '/^[0-9a-f]{64}$/D', @scandir( MWPIPE_OVERLAY_DIR . '/bundles' ) ?: [] ) ),
	'traffic' => [ 'requests' => (int)apcu_fetch( 'mwpipe-requests' ), 'errors' => (int)apcu_fetch( 'mwpipe-errors' ) ],
	'problem' => mwpipeAgentReport()['problem'] ?? null,
	'invalidated' => $invalidated,
	'secrets' => isset( $_GET['secrets'] ) ? mwpipeSecretNames() : null,
	'cached' => array_map( 'count', $cached ) ?: (object)[],
	'opcache' => [
		'scripts' => $opcache['opcache_statistics']['num_cached_scripts'] ?? 0,
		'usedBytes' => $opcache['memory_usage']['used_memory'] ?? 0,
		'freeBytes' => $opcache['memory_usage']['free_memory'] ?? 0,
		'wastedBytes' => $opcache['memory_usage']['wasted_memory'] ?? 0,
		'restarts' => $opcache['opcache_statistics']['oom_restarts'] ?? 0,
	],
] ), "\n";
