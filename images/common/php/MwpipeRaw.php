<?php
/**
 * Hands over to the PHP of a checkout in the layout of operations/mediawiki-config, to see what it says: without etcd,
 * and without the extensions that this image hasn't. An instance that serves users refuses: hosts, databases and
 * secrets would be those of another farm.
 */
class MwpipeRaw {
	/** MwpipeWiki keeps twenty mistakes of a wiki. */
	private const NAMED_ALONE = 12;
	private const NAMED_TOGETHER = 30;

	private static string $folder = '';

	/**
	 * @param array{level:string,realm:string,datacenter:string} $wish
	 * @return string[] files that are to be required in the global scope
	 */
	public static function begin( string $folder, array $wish ): array {
		if ( !defined( 'MWPIPE_EVALUATING' ) && PHP_SAPI !== 'cli' ) {
			http_response_code( 503 );
			header( 'Content-Type: text/plain; charset=utf-8' );
			print "A raw overlay is checked and compared, not served.\n";
			exit( 1 );
		}
		self::$folder = $folder;
		putenv( 'WMF_MAINTENANCE_OFFLINE=1' );
		putenv( 'WMF_DATACENTER=' . ( $wish['realm'] === 'production' ? $wish['datacenter'] : $wish['realm'] ) );
		putenv( 'FORCE_MW_VERSION=' . MW_VERSION );
		putenv( 'MW_WIKI=' . MWPIPE_WIKI );
		if ( $wish['level'] === 'static' ) {
			self::setStatic( $wish['realm'] );
			return [];
		}
		// Its MWMultiVersion reads --wiki of a maintenance script from there.
		$GLOBALS['argv'] = [ 'mwpipe' ];
		// An extension's manifest is read at the end of the settings, where those that are missing were left out.
		$GLOBALS['wgExtensionInfoMTime'] = 1;
		require_once "$folder/multiversion/MWMultiVersion.php";
		MWMultiVersion::initializeForMaintenance();
		return [ "$folder/wmf-config/CommonSettings.php" ];
	}

	public static function end(): void {
		$registry = MediaWiki\Registration\ExtensionRegistry::getInstance();
		$queue = new ReflectionProperty( $registry, 'queued' );
		$queued = $queue->getValue( $registry );
		$missing = array_filter( array_keys( $queued ), static fn ( $path ) => !is_file( $path ) );
		if ( $missing ) {
			$queue->setValue( $registry, array_diff_key( $queued, array_flip( $missing ) ) );
			self::tellMissing( array_map( static fn ( $path ) => basename( dirname( $path ) ), $missing ) );
		}
	}

	/** As the checkout's own tests/buildConfigCache.php does it. */
	private static function setStatic( string $realm ): void {
		require_once self::$folder . '/src/WmfConfig.php';
		$conf = new ( get_class( $GLOBALS['wgConf'] ) );
		$conf->suffixes = Wikimedia\MWConfig\WmfConfig::SUFFIXES;
		$conf->wikis = ( require dirname( self::$folder, 2 ) . '/farm.php' )['databases'];
		$conf->settings = Wikimedia\MWConfig\WmfConfig::getStaticConfig( $realm );
		foreach ( Wikimedia\MWConfig\WmfConfig::getConfigGlobals( MWPIPE_WIKI, $conf, $realm ) as $name => $value ) {
			$GLOBALS[$name] = $value;
		}
	}

	/** @param string[] $names */
	private static function tellMissing( array $names ): void {
		sort( $names );
		$places = self::placesOf( $names );
		foreach ( array_slice( $names, 0, self::NAMED_ALONE ) as $name ) {
			self::tell( "$name is not in this image", ...( $places[$name] ?? [ self::$folder . '/wmf-config/CommonSettings.php', 1 ] ) );
		}
		foreach ( array_chunk( array_slice( $names, self::NAMED_ALONE ), self::NAMED_TOGETHER ) as $more ) {
			$named = array_map( static fn ( $name ) => isset( $places[$name] ) ?
				"$name (" . basename( $places[$name][0] ) . ":{$places[$name][1]})" : $name, $more );
			self::tell( 'nor are ' . implode( ', ', $named ),
				...( $places[$more[0]] ?? [ self::$folder . '/wmf-config/CommonSettings.php', 1 ] ) );
		}
	}

	/** Where each is loaded. @return array<string,array{0:string,1:int}> */
	private static function placesOf( array $names ): array {
		$places = [];
		$wanted = array_flip( $names );
		foreach ( glob( self::$folder . '/wmf-config/*.php' ) as $file ) {
			foreach ( file( $file ) as $index => $line ) {
				if ( preg_match( '/wfLoad(?:Extension|Skin)s?\(\s*[\'"]([\w.-]+)[\'"]/', $line, $found ) && isset( $wanted[$found[1]] ) ) {
					$places[$found[1]] ??= [ $file, $index + 1 ];
				}
			}
		}
		return $places;
	}

	/** A warning of the check, at that line; nothing where nobody checks. */
	private static function tell( string $message, string $file, int $line ): void {
		$handler = set_error_handler( null );
		restore_error_handler();
		if ( $handler !== null && defined( 'MWPIPE_EVALUATING' ) ) {
			$handler( E_USER_DEPRECATED, $message, $file, $line );
		}
	}
}
