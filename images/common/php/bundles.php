<?php
/**
 * The config agent's hands: keeps bundles in /srv/overlay, where only the home container may write.
 *
 *   stage HASH      a packed bundle on stdin, made whole and checked before it gets its name
 *   read HASH       a kept bundle, packed as it came
 *   point SLOT HASH [INSTANCE...]   the slot's pointer, and no own ones any more; or those instances' own
 *   list            pointers with their bundles, and the bundles that are there
 *   prune HASH...   removes all other bundles that no pointer names, and what killed runs left
 *   ask PATH HOST NAME=ADDRESS...   one request to each instance, all at once; HOST may be ''
 *   secrets         names of the target's secrets, and why instances can't read one; never a value
 *   pin HASH SECONDS   what X-Mwpipe-Bundle-Pin must say for so long: the key stays here
 *   serve           all of these, one a line: {"argv": [...], "stdin": base64}; a push needs no new process for each
 *
 * Answers with one JSON object; a refusal is {"problem": ...} and exit code 1.
 */

require __DIR__ . '/pointer.php';
require_once __DIR__ . '/secrets.php';

const BUNDLES = MWPIPE_OVERLAY_DIR . '/bundles';
const SLOTS = MWPIPE_OVERLAY_DIR . '/slots';
const HASH = '/^[0-9a-f]{64}$/D';

/** What can't be done, in words for people. */
class MwpipeRefusal extends RuntimeException {
}

/** @return never */
function refuse( string $problem ) {
	throw new MwpipeRefusal( $problem );
}

function answer( array $answer ): void {
	echo json_encode( $answer, JSON_INVALID_UTF8_SUBSTITUTE ), "\n";
}

set_exception_handler( static function ( Throwable $thrown ): void {
	answer( [ 'problem' => $thrown instanceof MwpipeRefusal ? $thrown->getMessage() : (string)$thrown ] );
	exit( 1 );
} );

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

/**
 * Of the pushed form {hash, manifest, mtime, files: {path: base64}}; only what the manifest vouches for is written.
 * @param string $wanted
 * @param string $packed
 * @param bool $durable Whether its files outlive a crash of the machine: a disk takes some milliseconds for each
 */
function stage( string $wanted, string $packed, bool $durable = true ): array {
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
		write( "$temporary/$path", $data, $durable );
		touch( "$temporary/$path", (int)$bundle['mtime'] );
	}
	write( "$temporary/bundle.json", $manifest, $durable );
	touch( "$temporary/bundle.json", (int)$bundle['mtime'] );
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

/** Whoever calls gives it an old time: opcache keeps no file that is younger than two seconds (nor one of 1970). */
function write( string $file, string $data, bool $durable ): void {
	if ( str_contains( $file, '/../' ) || str_contains( $file, "\0" ) ) {
		refuse( 'a path leaves the bundle' );
	}
	@mkdir( dirname( $file ), 0755, true );
	$handle = @fopen( $file, 'wb' );
	$whole = $handle && fwrite( $handle, $data ) === strlen( $data ) && fflush( $handle );
	if ( !$whole || ( $durable && !fsync( $handle ) ) ) {
		removeTree( preg_replace( '/\.tmp\/.*/s', '.tmp', $file ) );
		refuse( "can't write $file: is the disk full?" );
	}
	fclose( $handle );
	chmod( $file, 0644 );
}

/** Whether every file that its manifest names is as it was pushed. */
function isWhole( string $hash ): bool {
	$manifest = (string)@file_get_contents( BUNDLES . "/$hash/bundle.json" );
	if ( hash( 'sha256', $manifest ) !== $hash ) {
		return false;
	}
	foreach ( json_decode( $manifest, true )['files'] ?? [] as $path => $sha256 ) {
		if ( @hash_file( 'sha256', BUNDLES . "/$hash/$path" ) !== $sha256 ) {
			return false;
		}
	}
	return true;
}

/** In the form of stage(): whoever gets it can check it against its hash. */
function readKept( string $hash ): array {
	if ( !preg_match( HASH, $hash ) || !is_file( BUNDLES . "/$hash/bundle.json" ) ) {
		refuse( "bundle $hash is not kept here" );
	}
	$manifest = (string)file_get_contents( BUNDLES . "/$hash/bundle.json" );
	$files = [];
	foreach ( array_keys( json_decode( $manifest, true )['files'] ?? [] ) as $path ) {
		$files[$path] = base64_encode( (string)file_get_contents( BUNDLES . "/$hash/$path" ) );
	}
	$bundle = [ 'hash' => $hash, 'manifest' => $manifest, 'mtime' => filemtime( BUNDLES . "/$hash/bundle.json" ),
		'files' => (object)$files ];
	return [ 'packed' => base64_encode( gzencode( json_encode( $bundle, JSON_UNESCAPED_SLASHES ) ) ) ];
}

/** @param string[] $instances Those that get a pointer of their own; none moves the slot's, and own ones go */
function point( string $slot, string $hash, array $instances = [] ): array {
	$names = preg_grep( '/^[A-Za-z0-9][A-Za-z0-9_.-]*$/D', $instances );
	if ( !preg_match( '/^[a-z0-9-]+$/D', $slot ) || !preg_match( HASH, $hash ) || count( $names ) < count( $instances ) ) {
		refuse( 'a slot is named by a-z, 0-9 and -; a bundle by 64 hex digits; an instance as its container is' );
	}
	if ( !is_file( BUNDLES . "/$hash/bundle.json" ) ) {
		refuse( "bundle $hash is not staged" );
	}
	foreach ( $instances ?: [ '' ] as $instance ) {
		replacePointer( $instance === '' ? $slot : "$slot@$instance", $hash );
	}
	foreach ( $instances ? [] : glob( SLOTS . "/$slot@*" ) as $own ) {
		unlink( $own );
	}
	return [ 'bundle' => $hash ];
}

function replacePointer( string $name, string $hash ): void {
	$temporary = SLOTS . "/.$name." . bin2hex( random_bytes( 4 ) );
	if ( !symlink( "../bundles/$hash", $temporary ) || !rename( $temporary, SLOTS . "/$name" ) ) {
		removeTree( $temporary );
		refuse( "can't move the pointer of $name" );
	}
}

/**
 * @param string[] $places As name=address
 * @return array<string,array{status:int,body:string}> By name; status 0 where nothing answered
 */
function ask( string $path, string $host, array $places ): array {
	$all = curl_multi_init();
	$handles = [];
	foreach ( $places as $place ) {
		[ $name, $address ] = explode( '=', $place, 2 );
		$handles[$name] = curl_init( "http://$address:8080$path" );
		curl_setopt_array( $handles[$name], [ CURLOPT_RETURNTRANSFER => true, CURLOPT_CONNECTTIMEOUT_MS => 2000,
			CURLOPT_TIMEOUT_MS => 10000, CURLOPT_PROXY => '',
			CURLOPT_HTTPHEADER => $host === '' ? [] : [ "Host: $host" ] ] );
		curl_multi_add_handle( $all, $handles[$name] );
	}
	do {
		curl_multi_exec( $all, $running );
	} while ( $running && curl_multi_select( $all, 1.0 ) >= -1 );
	// curl_errno() knows of a handle's failure only once it was read here.
	while ( curl_multi_info_read( $all ) ) {
		continue;
	}
	return array_map( static fn ( $handle ) => [
		'status' => curl_getinfo( $handle, CURLINFO_RESPONSE_CODE ),
		'body' => curl_errno( $handle ) ? curl_error( $handle ) : (string)curl_multi_getcontent( $handle ),
	], $handles );
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

function pin( string $hash, int $seconds ): array {
	$expires = time() + $seconds;
	$key = mwpipePinKey();
	if ( $key === '' || !preg_match( HASH, $hash ) ) {
		refuse( 'this target has no pin key in ' . MWPIPE_PIN_KEY );
	}
	return [ 'value' => "$hash.$expires." . mwpipePinSignature( "$hash.$expires", $key ), 'expires' => $expires ];
}

function carryOut( array $argv, callable $stdin ): array {
	return match ( $argv[0] ?? '' ) {
		'stage' => stage( $argv[1] ?? '', $stdin() ),
		'read' => readKept( $argv[1] ?? '' ),
		'point' => point( $argv[1] ?? '', $argv[2] ?? '', array_slice( $argv, 3 ) ),
		'list' => [ 'slots' => slots() ?: (object)[], 'bundles' => bundles() ],
		'prune' => prune( array_slice( $argv, 1 ) ),
		'ask' => [ 'answers' => ask( $argv[1] ?? '', $argv[2] ?? '', array_slice( $argv, 3 ) ) ?: (object)[] ],
		'secrets' => [ 'secrets' => mwpipeSecretNames( posix_getpwnam( 'www-data' ) ?: null ) ],
		'pin' => pin( $argv[1] ?? '', (int)( $argv[2] ?? 0 ) ),
		default => refuse( 'stage HASH, read HASH, point SLOT HASH [INSTANCE...], list, prune HASH... or serve' ),
	};
}

/** Ends with its stdin: when mwpipe does, however it does. */
function serve(): void {
	while ( ( $line = fgets( STDIN ) ) !== false ) {
		$call = json_decode( $line, true ) ?? [];
		try {
			answer( carryOut( $call['argv'] ?? [], static fn () => (string)base64_decode( $call['stdin'] ?? '' ) ) );
		} catch ( MwpipeRefusal $refusal ) {
			answer( [ 'problem' => $refusal->getMessage() ] );
		}
		clearstatcache( true );
	}
}

@mkdir( BUNDLES, 0755, true );
@mkdir( SLOTS, 0755, true );
// The agent of a pod requires this file for its functions.
if ( get_included_files()[0] === __FILE__ ) {
	$words = array_slice( $argv, 1 );
	if ( $words === [ 'serve' ] ) {
		serve();
	} else {
		answer( carryOut( $words, static fn () => (string)stream_get_contents( STDIN ) ) );
	}
}
