<?php
/**
 * Where a wiki's messages come from: the cache in the image for each language that was baked, which is only read, and for
 * any other what MediaWiki makes itself in this container's own cache, as without a baked one.
 */
class MwpipeLocalisationStore implements LCStore {
	/** @var array<string,string> language code to `array` or `cdb` */
	private array $baked;
	private LCStore $arrays;
	private LCStore $files;
	private LCStore $own;

	public function __construct( array $conf ) {
		$this->baked = self::index()['languages'];
		$this->arrays = new LCStoreStaticArray( [ 'directory' => MWPIPE_BAKED_MESSAGES ] );
		$this->files = new LCStoreCDB( [ 'directory' => MWPIPE_BAKED_MESSAGES ] );
		$this->own = new LCStoreCDB( $conf );
	}

	/**
	 * Whether the wiki can use what was baked: its extensions and skins were all there, and nothing that it sets by itself
	 * adds messages.
	 * @param string[] $manifests of the extensions and skins that it loads, absolute
	 */
	public static function fits( array $manifests ): bool {
		global $wgMessagesDirs, $wgExtensionMessagesFiles, $wgHooks;
		$load = array_map( static fn ( $path ) => MW_INSTALL_PATH . "/$path", self::index()['load'] ?? [] );
		return $load && !array_diff( $manifests, $load ) && !$wgMessagesDirs && !$wgExtensionMessagesFiles
			&& empty( $wgHooks['LocalisationCacheRecache'] ) && empty( $wgHooks['LocalisationCacheRecacheFallback'] );
	}

	/** Of what was baked for a language: the time of its file comes from its content. */
	public static function version( string $code ): string {
		$name = match ( self::index()['languages'][$code] ?? '' ) {
			'array' => "$code.l10n.php",
			'cdb' => "l10n_cache-$code.cdb",
			default => '',
		};
		return $name === '' ? '' : (string)filemtime( MWPIPE_BAKED_MESSAGES . "/$name" );
	}

	/** An image without a baked cache has none of it. */
	private static function index(): array {
		$file = MWPIPE_BAKED_MESSAGES . '/index.php';
		return is_file( $file ) ? require $file : [];
	}

	/** What was baked depends on nothing outside the image, so it never expires: no file's time is asked. */
	public function get( $code, $key ) {
		return match ( $this->baked[$code] ?? '' ) {
			'array' => $key === 'deps' ? [] : $this->arrays->get( $code, $key ),
			'cdb' => $key === 'deps' ? [] : $this->files->get( $code, $key ),
			default => $this->own->get( $code, $key ),
		};
	}

	public function startWrite( $code ) {
		$this->own->startWrite( $code );
	}

	public function set( $key, $value ) {
		$this->own->set( $key, $value );
	}

	public function finishWrite() {
		$this->own->finishWrite();
	}
}
