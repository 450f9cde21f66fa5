<?php
/**
 * The config agent's hands: keeps bundles in /srv/overlay, where only the home container may write.
 *
 *   stage HASH      a packed bundle on stdin, made whole and checked before it gets its name
 *   point SLOT HASH
 *   list            slots with their bundles, and the bundles that are there
 *   prune HASH...   removes all other bundles that no slot points to, and what killed runs left
 *
 * Answers with one JSON object; a refusal is {"problem": ...} and exit code 1.
 */

require __DIR__ . '/pointer.php';

const BUNDLES = MWPIPE_OVERLAY_DIR . '/bundles';
const SLOTS = MWPIPE_OVERLAY_DIR . '/slots';
const HASH = '/^[0-9a-f]{64}$/D';

/** @return never */
function refuse( string $problem ) {
	echo json_encode( [ 'problem' => $problem ], JSON_INVALID_UTF8_SUBSTITUTE ), "\n";
	exit( 1 );
}

function removeTree( string $path ): void {
	if ( is_link( $path ) || !is_dir( $path ) ) {
		@unlink( $path );
		return;
	}
	foreach ( array_diff( scandir( $path ), [ '.', '..' ] ) as $name ) {
		removeTree( "$path/$name" );
	}
	@rmdir( $path );
}

/** Of the pushed form {hash, manifest, mtime, files: {path: base64}}; only what the manifest vouches for is written. */
function stage( string $wanted, string $packed ): array {
	$bundle = json_decode( (string)@gzdecode( $packed ), true );
	$hash = $bundle['hash'] ?? '';
	$manifest = $bundle['manifest'] ?? '';
	if ( !preg_match( HASH, $hash ) || $hash !== $wanted || hash( 'sha256', $manifest ) !== $hash ) {
		refuse( 'the bundle did not arrive whole: its manifest is not the one that its hash names' );
	}
	if ( is_dir( BUNDLES . "/$hash" ) ) {
		return [ 'state' => 'present' ];
	}
	$temporary = BUNDLES . "/$hash." . bin2hex( random_bytes( 4 ) ) . '.tmp';
	$listed = json_decode( $manifest, true )['files'] ?? [];
	foreach ( $listed as $path => $sha256 ) {
		$data = base64_decode( $bundle['files'][$path] ?? '', true );
		if ( $data === false || hash( 'sha256', $data ) !== $sha256 ) {
			removeTree( $temporary );
			refuse( "the bundle did not arrive whole: $path" );
		}
		write( "$temporary/$path", $data, (int)$bundle['mtime'] );
	}
	write( "$temporary/bundle.json", $manifest, (int)$bundle['mtime'] );
	foreach ( $listed as $path => $sha256 ) {
		if ( hash_file( 'sha256', "$temporary/$path" ) !== $sha256 ) {
			removeTree( $temporary );
			refuse( "$path was not kept as it was written: is the disk full?" );
		}
	}
	// Another push of the same bundle may have been quicker: the same bytes, so either will do.
	if ( !@rename( $temporary, BUNDLES . "/$hash" ) && !is_dir( BUNDLES . "/$hash" ) ) {
		removeTree( $temporary );
		refuse( 'could not give the bundle its name' );
	}
	removeTree( $temporary );
	return [ 'state' => 'staged' ];
}

/** Old times, as opcache keeps no file that is younger than two seconds (nor one of 1970). */
function write( string $file, string $data, int $mtime ): void {
	if ( str_contains( $file, '/../' ) || str_contains( $file, "\0" ) ) {
		refuse( 'a path leaves the bundle' );
	}
	@mkdir( dirname( $file ), 0755, true );
	$handle = @fopen( $file, 'wb' );
	if ( !$handle || fwrite( $handle, $data ) !== strlen( $data ) || !fflush( $handle ) || !fsync( $handle ) ) {
		removeTree( preg_replace( '/\.tmp\/.*/s', '.tmp', $file ) );
		refuse( "can't write $file: is the disk full?" );
	}
	fclose( $handle );
	chmod( $file, 0644 );
	touch( $file, $mtime );
}

function point( string $slot, string $hash ): array {
	if ( !preg_match( '/^[a-z0-9-]+$/D', $slot ) || !preg_match( HASH, $hash ) ) {
		refuse( 'a slot is named by a-z, 0-9 and -; a bundle by 64 hex digits' );
	}
	if ( !is_file( BUNDLES . "/$hash/bundle.json" ) ) {
		refuse( "bundle $hash is not staged" );
	}
	$temporary = SLOTS . "/.$slot." . bin2hex( random_bytes( 4 ) );
	if ( !symlink( "../bundles/$hash", $temporary ) || !rename( $temporary, SLOTS . "/$slot" ) ) {
		removeTree( $temporary );
		refuse( "can't move the pointer of $slot" );
	}
	return [ 'bundle' => $hash ];
}

function slots(): array {
	$slots = [];
	foreach ( glob( SLOTS . '/*' ) as $link ) {
		$slots[basename( $link )] = basename( (string)readlink( $link ) );
	}
	return $slots;
}

function bundles(): array {
	return array_values( preg_grep( HASH, scandir( BUNDLES ) ) );
}

function prune( array $keep ): array {
	$removed = array_values( array_diff( bundles(), $keep, array_values( slots() ) ) );
	foreach ( $removed as $hash ) {
		// First out of its name, so that a killed prune leaves no bundle with half of its files.
		$temporary = BUNDLES . "/$hash." . bin2hex( random_bytes( 4 ) ) . '.tmp';
		rename( BUNDLES . "/$hash", $temporary );
	}
	foreach ( array_merge( glob( BUNDLES . '/*.tmp' ), glob( SLOTS . '/.[a-z0-9]*' ) ) as $leftover ) {
		removeTree( $leftover );
	}
	return [ 'removed' => $removed ];
}

@mkdir( BUNDLES, 0755, true );
@mkdir( SLOTS, 0755, true );
$result = match ( $argv[1] ?? '' ) {
	'stage' => stage( $argv[2] ?? '', (string)stream_get_contents( STDIN ) ),
	'point' => point( $argv[2] ?? '', $argv[3] ?? '' ),
	'list' => [ 'slots' => slots() ?: (object)[], 'bundles' => bundles() ],
	'prune' => prune( array_slice( $argv, 2 ) ),
	default => refuse( 'stage HASH, point SLOT HASH, list or prune HASH...' ),
};
echo json_encode( $result ), "\n";
